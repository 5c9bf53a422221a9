package dev.corral.pull;

import dev.corral.blobs.Partial;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import dev.corral.pull.Work.End;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Brings blobs into a store, one after the other, each once: what another job is fetching is
/// waited for.
///
/// @param verified blobs whose bytes came and were hashed in this work
record Fetcher(
    Store store,
    FetchSettings settings,
    Backoff backoff,
    Throttle throttle,
    Stop stop,
    Set<Digest> verified) {
  /// How often we look whether somebody else has finished a blob that they are fetching.
  private static final Duration LOOK = Duration.ofMillis(300);

  /// How far one blob is.
  record Share(Layer layer, AtomicLong done) {}

  /// How far a blob is that may be here already. One that only an anchor holds comes back, which
  /// takes as long as its hash.
  Share share(Layer layer) throws StoreFailure {
    return new Share(layer, new AtomicLong(there(layer)));
  }

  static long missing(Map<Digest, Share> all) {
    return all.values().stream()
        .mapToLong(share -> share.layer().size() - share.done().get())
        .sum();
  }

  /// What is on the disk of it: all, or what an earlier run left. What somebody else is fetching
  /// needs no room of ours.
  private long there(Layer layer) throws StoreFailure {
    if (whole(layer) || store.recover(layer)) {
      return layer.size();
    }
    try (Partial partial = store.partial(layer.digest())) {
      return BlobFetch.noted(partial, layer.size()).length();
    } catch (StoreFailure e) {
      if (e.kind() == StoreFailure.Kind.BUSY) {
        return layer.size();
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("a partial could not be closed", e);
    }
  }

  boolean whole(Layer layer) {
    Optional<Path> file = store.blob(layer.digest());
    try {
      return file.isPresent() && Files.size(file.get()) == layer.size();
    } catch (IOException e) {
      return false; // removed in this moment
    }
  }

  /// Fetches one blob, or waits for whoever is at it.
  End blob(Share share, Source source) throws StoreFailure {
    Layer layer = share.layer();
    while (!whole(layer)) {
      try (Partial partial = store.partial(layer.digest())) {
        switch (fetch(partial, share, source)) {
          case BlobFetch.End.Stopped _ -> {
            return new End.Stopped();
          }
          case BlobFetch.End.Failed failed -> {
            return failed(failed.trouble());
          }
          case BlobFetch.End.Whole whole -> {
            partial.commit(whole.digest(), whole.marks());
            verified.add(whole.digest());
          }
        }
      } catch (StoreFailure e) {
        if (e.kind() != StoreFailure.Kind.BUSY) {
          throw e;
        }
        if (stop.await(LOOK)) {
          return new End.Stopped();
        }
      } catch (IOException e) {
        throw new UncheckedIOException("a partial could not be closed", e);
      }
    }
    share.done().set(layer.size());
    return stop.asked() ? new End.Stopped() : new End.Done();
  }

  /// Fetches into a partial, which stays one.
  BlobFetch.End fetch(Partial partial, Share share, Source source) throws StoreFailure {
    backoff.begin(); // another pull may have been waited for, or a part of 50 GB copied
    return new BlobFetch(
            source, partial, share.layer(), settings, backoff, throttle, stop, share.done()::set)
        .fetch();
  }

  static End failed(Trouble trouble) {
    return new End.Failed(problem(trouble));
  }

  static Problem problem(Trouble trouble) {
    Cause cause =
        switch (trouble.kind()) {
          case MISSING -> Cause.MISSING;
          case DENIED, NOT_ALLOWED -> Cause.DENIED;
          case AWAY, WRONG -> Cause.OTHER;
        };
    return new Problem(cause, trouble.text(), trouble.next());
  }

  /// What the disk has no room for is told apart from what it cannot do.
  static Problem problem(StoreFailure failure) {
    boolean full = failure.kind() == StoreFailure.Kind.NO_ROOM;
    return new Problem(full ? Cause.NO_ROOM : Cause.OTHER, failure.text(), "");
  }
}
