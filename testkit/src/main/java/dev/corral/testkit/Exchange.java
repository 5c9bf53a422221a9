package dev.corral.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/// One request that a node got, and what became of it. Owned by the connection that read it; any
/// thread may look.
public final class Exchange {
  /// How often one that is held looks whether it may go on.
  private static final Duration LOOK = Duration.ofMillis(5);

  /// How an exchange ended.
  public enum Fate {
    /// Still waiting or writing.
    RUNNING,
    /// The whole answer was written.
    ANSWERED,
    /// The client closed its side, or reset the connection, before the answer was complete.
    CANCELLED,
    /// A fault on command ended it.
    BROKEN
  }

  private record Ending(Fate fate, long atNanos) {}

  private final Received request;
  private final AtomicReference<Ending> ending = new AtomicReference<>(new Ending(Fate.RUNNING, 0));
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger frames = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();

  Exchange(Received request) {
    this.request = request;
  }

  public Received request() {
    return request;
  }

  public Fate fate() {
    return ending.get().fate();
  }

  public boolean cancelled() {
    return fate() == Fate.CANCELLED;
  }

  /// Frames of a stream that have been written so far, or are just being written.
  public int framesSent() {
    return frames.get();
  }

  /// Those whose last byte the kernel has taken.
  int framesLeft() {
    return left.get();
  }

  /// Waits for the client to leave early.
  ///
  /// @return [System#nanoTime()] at which the node noticed it
  /// @throws AssertionError when it has not left within `limit`, or the exchange ended otherwise
  public long awaitCancelled(Duration limit) {
    Ending end = await(limit);
    if (end.fate() != Fate.CANCELLED) {
      throw new AssertionError(
          "The client should have left %s within %s, but it is %s after %d frames"
              .formatted(request, limit, end.fate(), framesSent()));
    }
    return end.atNanos();
  }

  /// Waits until the exchange is over, in whatever way.
  ///
  /// @throws AssertionError when it still runs after `limit`
  public Fate awaitEnd(Duration limit) {
    Ending end = await(limit);
    if (end.fate() == Fate.RUNNING) {
      throw new AssertionError("Still running after %s: %s".formatted(limit, request));
    }
    return end.fate();
  }

  private Ending await(Duration limit) {
    try {
      // The verdict is read from `ending`, so running out of time needs no answer of its own.
      boolean ended = over.await(limit.toNanos(), TimeUnit.NANOSECONDS);
      return ended ? ending.get() : new Ending(fate(), System.nanoTime());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while waiting for " + request, interrupted);
    }
  }

  /// Waits as a model that computes does: ends at once when the client leaves.
  void pause(Duration duration) {
    if (!duration.isPositive()) {
      if (fate() == Fate.CANCELLED) {
        throw new Over();
      }
      return;
    }
    if (await(duration).fate() != Fate.RUNNING) {
      throw new Over();
    }
  }

  /// Pauses as long as it is so.
  void pauseWhile(BooleanSupplier held) {
    while (held.getAsBoolean()) {
      pause(LOOK);
    }
  }

  void frameSent() {
    frames.incrementAndGet();
  }

  void frameLeft() {
    left.incrementAndGet();
  }

  /// Records the end; only the first end counts.
  ///
  /// @return whether this was the first
  boolean end(Fate fate) {
    Ending now = new Ending(fate, System.nanoTime());
    boolean first =
        ending.getAndUpdate(was -> was.fate() == Fate.RUNNING ? now : was).fate() == Fate.RUNNING;
    over.countDown();
    return first;
  }

  /// A write failed although the last frame had been taken for sent: the client is gone after all.
  void writeFailed() {
    ending.set(new Ending(Fate.CANCELLED, System.nanoTime()));
    over.countDown();
  }

  @Override
  public String toString() {
    return fate() + " " + request;
  }

  /// Unwinds an answer that is over before its last line: by a fault, or because the client left.
  static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Over() {
      super("the exchange is over", null, false, false);
    }
  }
}
