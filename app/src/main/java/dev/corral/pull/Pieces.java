package dev.corral.pull;

import dev.corral.blobs.StoreFailure;
import dev.corral.pull.Extents.Range;
import dev.corral.registry.Trouble;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which bytes of one blob are there, and who is at the others. Shared by the connections that
/// fetch it and by the hash that follows them.
final class Pieces {
  private final long size;
  private final long piece;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Extents done;
  private final Extents claimed = new Extents();
  private final Extents suspect;
  private boolean ranged;
  private boolean alone;
  private boolean ended;
  private @Nullable Trouble failure;
  private @Nullable StoreFailure diskFailure;

  /// @param done what is there from before, which is the first to be suspected
  Pieces(long size, long piece, Extents done) {
    this.size = size;
    this.piece = piece;
    this.done = done;
    this.suspect = done.copy();
  }

  /// A range that one connection is at.
  static final class Claim {
    private long from;
    private long at;
    private long to;
    private boolean all;

    private Claim(Range range) {
      this.from = range.from();
      this.at = range.from();
      this.to = range.to();
    }

    long from() {
      return from;
    }

    /// Behind the last byte that is there.
    long at() {
      return at;
    }

    long to() {
      return to;
    }
  }

  /// Waits for something to fetch; empty once all is there or the work has ended.
  ///
  /// @param first the connection that finds out whether the registry knows ranges; the others wait
  ///   for it
  Optional<Claim> claim(boolean first) {
    lock.lock();
    try {
      while (!over()) {
        Optional<Range> gap = !alone && (first || ranged) ? gap() : Optional.empty();
        if (gap.isPresent()) {
          Claim claim = new Claim(gap.get());
          claimed.add(claim.from, claim.to);
          return Optional.of(claim);
        }
        changed.awaitUninterruptibly();
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private boolean over() {
    return ended || done.prefix() >= size;
  }

  private Optional<Range> gap() {
    Extents taken = done.copy();
    claimed.copy().each(taken::add);
    return taken
        .gap(0, size)
        .map(gap -> new Range(gap.from(), Math.min(gap.to(), gap.from() + piece)));
  }

  /// The registry gave a range as asked: others may ask too.
  void knowsRanges() {
    lock.lock();
    try {
      ranged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The registry sends everything, whatever is asked: one connection takes it all.
  ///
  /// The claim begins where the first byte is missing from now on.
  ///
  /// @return false where another one does already
  boolean takeAll(Claim claim) {
    lock.lock();
    try {
      if (alone) {
        return false;
      }
      alone = true;
      claimed.remove(claim.from, claim.to);
      claim.all = true;
      claim.from = done.prefix();
      claim.at = claim.from;
      claim.to = size;
      claimed.add(claim.from, size);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// So many bytes more of the claim are there.
  void wrote(Claim claim, int count) {
    lock.lock();
    try {
      done.add(claim.at, claim.at + count);
      claim.at += count;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The connection leaves its claim; what is not there may be had by others.
  void leave(Claim claim) {
    lock.lock();
    try {
      claimed.remove(claim.from, claim.to);
      if (claim.at < claim.to) {
        suspect.add(claim.from, claim.to);
      }
      if (claim.all) {
        alone = false;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends the work: all is there, or we stop it.
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The registry does not give the rest.
  void fail(Trouble trouble) {
    lock.lock();
    try {
      if (!ended) {
        failure = trouble;
      }
      end();
    } finally {
      lock.unlock();
    }
  }

  /// The disk failed, which ends the work too.
  void fail(StoreFailure failed) {
    lock.lock();
    try {
      if (!ended) {
        diskFailure = failed;
      }
      end();
    } finally {
      lock.unlock();
    }
  }

  /// Waits for the end, or for so long.
  ///
  /// @return whether it has ended
  boolean awaitEnd(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (!ended && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// @throws StoreFailure where the disk has failed
  void checkDisk() throws StoreFailure {
    lock.lock();
    try {
      if (diskFailure != null) {
        throw diskFailure;
      }
    } finally {
      lock.unlock();
    }
  }

  boolean ended() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  Optional<Trouble> failure() {
    lock.lock();
    try {
      return Optional.ofNullable(failure);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until bytes behind `at` are there without a hole.
  ///
  /// @return the end of the prefix; `at` itself where the work has ended
  long awaitPrefixBeyond(long at) {
    lock.lock();
    try {
      while (done.prefix() <= at && !ended) {
        changed.awaitUninterruptibly();
      }
      return Math.max(at, done.prefix());
    } finally {
      lock.unlock();
    }
  }

  long bytesDone() {
    lock.lock();
    try {
      return done.length();
    } finally {
      lock.unlock();
    }
  }

  /// What is there, for a note.
  Extents done() {
    lock.lock();
    try {
      return done.copy();
    } finally {
      lock.unlock();
    }
  }

  /// What did not come in one go, or came in an earlier run: fetched again first, where the whole
  /// turns out wrong.
  Extents suspect() {
    lock.lock();
    try {
      return suspect.copy();
    } finally {
      lock.unlock();
    }
  }
}
