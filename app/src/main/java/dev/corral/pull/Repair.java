package dev.corral.pull;

import dev.corral.blobs.Marks;
import dev.corral.blobs.Partial;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.hub.Answered;
import dev.corral.hub.Hubs;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Problem;
import dev.corral.registry.Trouble;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;

/// Makes a damaged or missing blob of our own store whole again: what is right of it is taken over,
/// only the rest is fetched, and the whole has its digest before it takes the place of the old
/// file. A runner that has that one open goes on with it.
public final class Repair {
  private final Store store;
  private final Sources sources;
  private final FetchSettings settings;
  private final Throttle throttle;
  private final Stop stop = new Stop();
  private volatile boolean asking;

  Repair(Store store, Sources sources, FetchSettings settings, Throttle throttle) {
    this.store = store;
    this.sources = sources;
    this.settings = settings;
    this.throttle = throttle;
  }

  /// What it came to.
  public sealed interface End {
    /// The blob is whole.
    ///
    /// @param fetched bytes that were missing and came from the registry
    record Whole(long fetched) implements End {}

    record Stopped() implements End {}

    record Failed(Problem problem) implements End {}
  }

  /// Ends it, from another thread; what was fetched stays for the next time.
  public void stop() {
    stop.ask();
  }

  /// True while its registry is asked. What is done before and after, on the disk alone, may take
  /// minutes for a large blob, and is no silence of the registry.
  public boolean asking() {
    return asking;
  }

  /// Blocks until the blob is whole or cannot be.
  ///
  /// @param name of a model that has the layer, which tells where it is to be had
  /// @param progress told the bytes that are there, by any thread, also while they are only hashed
  public End repair(ModelName name, Layer layer, LongConsumer progress) {
    if (recovered(layer)) {
      return new End.Whole(0);
    }
    return switch (source(name, layer)) {
      case Answered.Not<Source>(Trouble trouble) ->
          stop.asked() ? new End.Stopped() : new End.Failed(Fetcher.problem(trouble));
      case Answered.Got<Source>(Source source) -> repair(source, layer, progress);
    };
  }

  /// What an anchor holds of it need not be fetched.
  private boolean recovered(Layer layer) {
    try {
      return store.recover(layer);
    } catch (StoreFailure e) {
      return false;
    }
  }

  /// A file that was joined here of several comes from these.
  private Answered<Source> source(ModelName name, Layer layer) {
    if (!HubFiles.joined(layer)) {
      return new Answered.Got<>(Source.of(sources.registry().open(name, stop.leash())));
    }
    Optional<Hubs> hubs = sources.hubs();
    return hubs.isPresent()
        ? JoinedSource.of(name, layer, hubs.get(), stop).then(Answered.Got::new)
        : new Answered.Not<>(
            new Trouble(
                Trouble.Kind.NOT_ALLOWED,
                "the weights of '" + name.shortName() + "' come from the Hub, which is not asked",
                "Allow hf.co in pull.hosts."));
  }

  private End repair(Source source, Layer layer, LongConsumer progress) {
    try (Partial partial = store.partial(layer.digest())) {
      Extents there = BlobFetch.noted(partial, layer.size());
      if (there.isEmpty()) {
        there = takenOver(partial, layer);
      }
      if (stop.asked()) {
        return new End.Stopped();
      }
      long fetched = layer.size() - there.length();
      BlobFetch fetch =
          new BlobFetch(
              source, partial, layer, settings, new Backoff(settings), throttle, stop, progress);
      return switch (asked(fetch)) {
        case BlobFetch.End.Stopped _ -> new End.Stopped();
        case BlobFetch.End.Failed failed -> new End.Failed(Fetcher.problem(failed.trouble()));
        case BlobFetch.End.Whole whole -> {
          partial.replace(whole.digest(), whole.marks());
          yield new End.Whole(fetched);
        }
      };
    } catch (StoreFailure e) {
      return new End.Failed(Fetcher.problem(e));
    } catch (IOException e) {
      throw new UncheckedIOException("a partial could not be closed", e);
    }
  }

  private BlobFetch.End asked(BlobFetch fetch) throws StoreFailure {
    asking = true;
    try {
      return fetch.fetch();
    } finally {
      asking = false;
    }
  }

  /// What is right of the damaged blob, as far as anybody knows: without marks of its pieces, or
  /// with another size, nothing is.
  private Extents takenOver(Partial partial, Layer layer) throws StoreFailure {
    Extents right = right(layer);
    store.checkRoom(layer.size());
    Optional<Path> file = store.ownBlob(layer.digest());
    if (file.isPresent() && !right.isEmpty()) {
      for (Extents.Range range : right.ranges()) {
        for (long at = range.from(); at < range.to() && !stop.asked(); at += Marks.PIECE) {
          partial.copy(file.get(), at, Math.min(range.to(), at + Marks.PIECE));
        }
      }
      if (stop.asked()) {
        return new Extents();
      }
      partial.note(BlobFetch.note(right, layer.size()));
    }
    return right;
  }

  private Extents right(Layer layer) throws StoreFailure {
    Extents right = new Extents();
    Optional<Path> file = store.ownBlob(layer.digest()).filter(path -> sized(path, layer.size()));
    Optional<Marks> marks = store.marks(layer.digest()).filter(kept -> kept.size() == layer.size());
    if (file.isPresent() && marks.isPresent()) {
      right.add(0, layer.size());
      List<Marks.Piece> damaged = marks.get().damaged(file.get(), stop::asked);
      damaged.forEach(piece -> right.remove(piece.from(), piece.to()));
      // All right, and yet somebody calls it damaged: then nothing here is to be trusted.
      return damaged.isEmpty() ? new Extents() : right;
    }
    return right;
  }

  private static boolean sized(Path path, long size) {
    try {
      return Files.size(path) == size;
    } catch (IOException e) {
      return false;
    }
  }
}
