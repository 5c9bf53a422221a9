package dev.corral.pull;

import java.time.Duration;

/// At most so many bytes a second, over all jobs.
final class Throttle {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private volatile long bytesPerSecond;
  private long free = System.nanoTime();

  /// @param bytesPerSecond 0 for no limit
  Throttle(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  void allow(long perSecond) {
    bytesPerSecond = perSecond;
  }

  /// Waits until so many bytes may have come.
  void take(int bytes, Stop stop) {
    long rate = bytesPerSecond;
    if (rate <= 0) {
      return;
    }
    boolean _ = stop.await(Duration.ofNanos(Math.max(0, turn(bytes, rate) - System.nanoTime())));
  }

  private synchronized long turn(int bytes, long rate) {
    free = Math.max(free, System.nanoTime()) + bytes * SECOND / rate;
    return free;
  }
}
