package dev.corral.fleet;

import java.util.concurrent.atomic.AtomicInteger;

/// What the hot path counts of one backend. Atomics, because every event loop writes here;
/// snapshots only point at it.
public final class Load {
  /// So many failed answers in a row make a backend the last choice, until one succeeds.
  private static final int SUSPECT_AFTER = 5;

  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger failuresInARow = new AtomicInteger();

  public void begin() {
    inFlight.incrementAndGet();
  }

  /// The exchange is over, and the backend did its part.
  public void succeeded() {
    inFlight.decrementAndGet();
    if (failuresInARow.get() != 0) {
      failuresInARow.set(0);
    }
  }

  /// The exchange is over, and the backend failed it.
  public void failed() {
    inFlight.decrementAndGet();
    failuresInARow.incrementAndGet();
  }

  /// The exchange is over, and that says nothing about the backend: the client left.
  public void ignored() {
    inFlight.decrementAndGet();
  }

  public int inFlight() {
    return inFlight.get();
  }

  public boolean suspect() {
    return failuresInARow.get() >= SUSPECT_AFTER;
  }
}
