package dev.corral.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for something that happens by itself: looks often, leaves the cores to those who work, and
/// gives up only after a time that the slowest machine does not need.
public final class Await {
  /// What works is there long before; what is broken costs one such time.
  public static final Duration LONG = Duration.ofSeconds(60);

  private static final long BETWEEN_LOOKS_NANOS = 2_000_000;

  private Await() {}

  /// Returns once it is so.
  ///
  /// @param what what is awaited, as the end of "waited in vain until …"
  /// @throws AssertionError after [#LONG]
  public static void until(BooleanSupplier done, String what) {
    long end = System.nanoTime() + LONG.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + LONG + " in vain until " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
    }
  }
}
