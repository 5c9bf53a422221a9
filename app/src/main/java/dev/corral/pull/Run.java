package dev.corral.pull;

import dev.corral.blobs.Partial;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Problem;
import dev.corral.registry.Fetched;
import dev.corral.registry.Registry;
import dev.corral.registry.Remote;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// The work on a job for our own store, from the manifest to the published model.
final class Run implements Work {
  /// A tag that is moved again and again cannot be fetched.
  private static final int MOST_MANIFESTS = 3;

  /// So long without a byte, and the job is shown as standing still.
  private static final long STALL = Duration.ofSeconds(10).toNanos();

  /// How often we look whether somebody else has finished a blob that they are fetching.
  private static final Duration LOOK = Duration.ofMillis(300);

  private final ModelName name;
  private final Store store;
  private final Remote remote;
  private final FetchSettings settings;
  private final Throttle throttle;
  private final Backoff backoff;
  private final boolean patient;
  private final LongSupplier othersNeed;
  private final Stop stop = new Stop();
  private boolean admitted;
  private volatile PullState phase = PullState.RESOLVING;
  private volatile Map<Digest, Share> shares = Map.of();

  Run(Order order, Store store, Registry registry, FetchSettings settings, Throttle throttle) {
    this.name = order.name();
    this.store = store;
    this.remote = registry.open(name, stop.leash());
    this.settings = settings;
    this.throttle = throttle;
    this.backoff = new Backoff(settings);
    this.patient = order.patient();
    this.othersNeed = order.othersNeed();
  }

  /// How far one blob is.
  record Share(Layer layer, AtomicLong done) {}

  @Override
  public PullState state() {
    PullState now = phase;
    if (now != PullState.PULLING) {
      return now;
    }
    if (verifying()) {
      return PullState.VERIFYING;
    }
    return backoff.nanosSinceByte() > STALL ? PullState.STALLED : PullState.PULLING;
  }

  @Override
  public List<Pull.Blob> blobs() {
    return shares.values().stream()
        .map(share ->
            new Pull.Blob(share.layer().digest(), share.done().get(), share.layer().size()))
        .toList();
  }

  @Override
  public int again() {
    return 0;
  }

  @Override
  public void stop() {
    stop.ask();
  }

  @Override
  public End work() {
    try {
      Optional<Digest> before = Optional.empty();
      for (int i = 0; i < MOST_MANIFESTS; i++) {
        phase = PullState.RESOLVING;
        Fetched fetched = manifest();
        if (stop.asked()) {
          return new End.Stopped();
        }
        if (!(fetched instanceof Fetched.Found found)) {
          return failed((Trouble) fetched);
        }
        End end = fetch(found);
        boolean moved =
            end instanceof End.Failed failed
                && failed.problem().missing()
                && !before.equals(Optional.of(found.digest()));
        if (!moved) {
          return end;
        }
        before = Optional.of(found.digest());
      }
      return new End.Failed(
          new Problem(
              false,
              "the registry changes '" + name.shortName() + "' faster than it can be fetched",
              "Try again later."));
    } catch (StoreFailure e) {
      return admitted && e.kind() == StoreFailure.Kind.NO_ROOM
          ? new End.NoRoom(full())
          : new End.Failed(new Problem(false, e.text(), ""));
    }
  }

  private Problem full() {
    return new Problem(
        false,
        "no space left on the disk of the model store; "
            + new Bytes(missing(shares))
            + " are still to come",
        "It goes on by itself when there is room. Free some, for example with: corral rm MODEL");
  }

  private static End failed(Trouble trouble) {
    boolean missing = trouble.kind() == Trouble.Kind.MISSING;
    return new End.Failed(new Problem(missing, trouble.text(), trouble.next()));
  }

  /// Tries a few times where the registry is away; a job that had begun tries for as long as for a
  /// part.
  private Fetched manifest() {
    Fetched fetched = remote.manifest();
    for (int tries = 1; fetched instanceof Trouble trouble; tries++) {
      boolean again = trouble.passing() && (patient || tries < settings.manifestTries());
      if (!again || !backoff.failed(trouble) || !backoff.awaitTurn(stop)) {
        return trouble;
      }
      fetched = remote.manifest();
    }
    backoff.came();
    return fetched;
  }

  private End fetch(Fetched.Found found) throws StoreFailure {
    Manifest manifest = found.manifest();
    Map<Digest, Share> all = new LinkedHashMap<>();
    for (Layer layer : manifest.blobs()) {
      all.putIfAbsent(layer.digest(), new Share(layer, new AtomicLong(there(layer))));
    }
    shares = all;
    phase = PullState.PULLING;
    store.checkRoom(missing(all) + othersNeed.getAsLong());
    admitted = true;
    for (Share share : all.values()) {
      End end = blob(share);
      if (!(end instanceof End.Done)) {
        return end;
      }
    }
    phase = PullState.PUBLISHING;
    store.publish(name, found.bytes());
    return new End.Done();
  }

  private static long missing(Map<Digest, Share> all) {
    return all.values().stream()
        .mapToLong(share -> share.layer().size() - share.done().get())
        .sum();
  }

  /// What is on the disk of it: all, or what an earlier run left. What somebody else is fetching
  /// needs no room of ours.
  private long there(Layer layer) throws StoreFailure {
    if (whole(layer)) {
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

  private boolean whole(Layer layer) {
    Optional<Path> file = store.blob(layer.digest());
    try {
      return file.isPresent() && Files.size(file.get()) == layer.size();
    } catch (IOException e) {
      return false; // removed in this moment
    }
  }

  /// Fetches one blob, or waits for whoever is at it.
  private End blob(Share share) throws StoreFailure {
    Layer layer = share.layer();
    while (!whole(layer)) {
      try (Partial partial = store.partial(layer.digest())) {
        End end = fetched(partial, share);
        if (!(end instanceof End.Done)) {
          return end;
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

  private End fetched(Partial partial, Share share) throws StoreFailure {
    Layer layer = share.layer();
    BlobFetch fetch =
        new BlobFetch(remote, partial, layer, settings, backoff, throttle, stop, share.done()::set);
    return switch (fetch.fetch()) {
      case BlobFetch.End.Stopped _ -> new End.Stopped();
      case BlobFetch.End.Failed failed -> failed(failed.trouble());
      case BlobFetch.End.Whole whole -> {
        partial.commit(whole.digest(), whole.marks());
        yield new End.Done();
      }
    };
  }

  /// Blobs whose bytes are all there while their hash is not known yet.
  private boolean verifying() {
    List<Share> all = List.copyOf(shares.values());
    return !all.isEmpty()
        && all.stream().allMatch(share -> share.done().get() >= share.layer().size());
  }
}
