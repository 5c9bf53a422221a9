package dev.corral.pull;

import dev.corral.blobs.Marks;
import dev.corral.blobs.Partial;
import dev.corral.blobs.StoreFailure;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.registry.Trouble;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongConsumer;

/// Fetches one blob into its partial: ranges over several connections, a hash that follows the
/// bytes without a hole, and a note of what is there, so that a restart goes on. Belongs to the
/// thread of its job.
final class BlobFetch {
  private static final String NOTE = "corral-partial 1 ";
  private static final int READ_BACK = 1 << 20;

  private final Source source;
  private final Partial partial;
  private final Layer layer;
  private final FetchSettings settings;
  private final Backoff backoff;
  private final Throttle throttle;
  private final Stop stop;
  private final LongConsumer progress;

  /// @param progress told the bytes that are there, by any thread, at any time; may fall. Also
  ///   while they are only hashed: who waits for bytes sees by it that work goes on
  BlobFetch(
      Source source,
      Partial partial,
      Layer layer,
      FetchSettings settings,
      Backoff backoff,
      Throttle throttle,
      Stop stop,
      LongConsumer progress) {
    this.source = source;
    this.partial = partial;
    this.layer = layer;
    this.settings = settings;
    this.backoff = backoff;
    this.throttle = throttle;
    this.stop = stop;
    this.progress = progress;
  }

  /// What it came to.
  sealed interface End {
    /// All bytes are there and have the digest.
    record Whole(Digest digest, Marks marks) implements End {}

    /// Ended by us; what is there is noted.
    record Stopped() implements End {}

    record Failed(Trouble trouble) implements End {}
  }

  /// Fetches, verifies, and where the bytes are wrong fetches again: first what came in bits or in
  /// an earlier run, then everything once.
  ///
  /// @throws StoreFailure where the disk fails
  End fetch() throws StoreFailure {
    Extents there = noted(partial, layer.size());
    boolean partlyAgain = false;
    boolean allAgain = false;
    while (true) {
      Pieces pieces = new Pieces(layer.size(), settings.piece(layer.size()), there);
      Optional<End.Whole> round = round(pieces);
      if (round.isEmpty()) {
        return pieces.failure().<End>map(End.Failed::new).orElseGet(End.Stopped::new);
      }
      Digest got = round.get().digest();
      if (got.equals(layer.digest())) {
        return round.get();
      }
      Extents suspect = pieces.suspect();
      if (allAgain) {
        partial.note(note(new Extents()));
        return new End.Failed(mismatch(got));
      }
      if (!partlyAgain && !suspect.isEmpty() && suspect.length() < layer.size()) {
        partlyAgain = true;
        there = without(pieces.done(), suspect);
      } else {
        allAgain = true;
        there = new Extents();
      }
      partial.note(note(there));
    }
  }

  private static Extents without(Extents all, Extents suspect) {
    all.removeAll(suspect);
    return all;
  }

  private Trouble mismatch(Digest got) {
    return new Trouble(
        Trouble.Kind.WRONG,
        "digest mismatch: the registry's bytes are "
            + got
            + " where its manifest says "
            + layer.digest()
            + ", also when fetched again",
        "Nothing of it was kept. Tell whoever runs the registry, or try again later.",
        Optional.empty());
  }

  /// @return what is there, whatever its digest is; empty where it did not come to that
  private Optional<End.Whole> round(Pieces pieces) throws StoreFailure {
    progress.accept(pieces.bytesDone());
    stop.whenAsked(pieces::end);
    List<Thread> threads = new ArrayList<>();
    threads.add(Thread.ofVirtual().name("note").start(() -> keep(pieces)));
    for (int i = 0; i < settings.connections(); i++) {
      Connection connection =
          new Connection(
              source, partial, layer, pieces, settings, backoff, throttle, stop, progress, i == 0);
      threads.add(Thread.ofVirtual().name("fetch " + i).start(connection));
    }
    // Hashing computes: a virtual thread would keep others from theirs.
    FutureTask<Optional<End.Whole>> hash = new FutureTask<>(() -> hashed(pieces));
    Thread.ofPlatform().daemon().name("hash " + layer.digest().brief()).start(hash);
    try {
      Optional<End.Whole> whole = awaited(hash, pieces, threads);
      pieces.checkDisk();
      if (whole.isEmpty()) {
        partial.note(note(pieces.done()));
      }
      return whole;
    } catch (ExecutionException | InterruptedException e) {
      throw new IllegalStateException("fetching a blob failed", e);
    }
  }

  /// The hash, once nobody is at the partial any more: whatever happens, it is closed next.
  private static Optional<End.Whole> awaited(
      FutureTask<Optional<End.Whole>> hash, Pieces pieces, List<Thread> threads)
      throws ExecutionException, InterruptedException {
    try {
      return hash.get();
    } finally {
      pieces.end();
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  /// Hashes what is there without a hole, as it comes. After a restart that begins with reading
  /// what was there, which finds out besides whether the disk still has it.
  ///
  /// @return empty where the work ended before
  private Optional<End.Whole> hashed(Pieces pieces) {
    MessageDigest hash = Digest.sha256();
    Marks.Making marks = new Marks.Making();
    ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BACK);
    long at = 0;
    try {
      while (at < layer.size()) {
        long end = pieces.awaitPrefixBeyond(at);
        if (end == at || pieces.ended()) {
          return Optional.empty();
        }
        buffer.clear().limit((int) Math.min(READ_BACK, end - at));
        int count = partial.read(buffer, at);
        if (count <= 0) {
          throw new IllegalStateException("what was written cannot be read back");
        }
        marks.update(buffer.flip());
        hash.update(buffer);
        at += count;
        progress.accept(pieces.bytesDone());
      }
      return Optional.of(new End.Whole(Digest.of(hash), marks.end()));
    } catch (StoreFailure e) {
      pieces.fail(e);
      return Optional.empty();
    }
  }

  /// Notes what is there now and then, until the end.
  private void keep(Pieces pieces) {
    String last = "";
    try {
      while (!pieces.awaitEnd(settings.noteEvery())) {
        Extents there = pieces.done();
        if (!there.toString().equals(last)) {
          last = there.toString();
          partial.note(note(there));
        }
      }
    } catch (StoreFailure e) {
      pieces.fail(e);
    }
  }

  private byte[] note(Extents there) {
    return note(there, layer.size());
  }

  /// What a partial keeps of its progress.
  static byte[] note(Extents there, long size) {
    return (NOTE + size + "\n" + there).getBytes(StandardCharsets.US_ASCII);
  }

  /// What an earlier run left; nothing where the note makes no sense.
  static Extents noted(Partial partial, long size) throws StoreFailure {
    String text = new String(partial.note(), StandardCharsets.US_ASCII);
    String head = NOTE + size + "\n";
    return text.startsWith(head)
        ? Extents.parse(text.substring(head.length()), Math.min(size, partial.length()))
        : new Extents();
  }
}
