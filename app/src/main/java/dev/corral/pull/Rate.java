package dev.corral.pull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Bytes a second over the last seconds. For one thread.
final class Rate {
  private static final long WINDOW = Duration.ofSeconds(10).toNanos();

  /// Before that, a guess of the time left would only mislead.
  private static final long ENOUGH = Duration.ofSeconds(3).toNanos();

  private record Sample(long at, long bytes) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /// @param at as of [System#nanoTime()]
  /// @param bytes so far in all
  void add(long at, long bytes) {
    if (!samples.isEmpty() && bytes < samples.getLast().bytes()) {
      samples.clear(); // it began anew
    }
    samples.addLast(new Sample(at, bytes));
    while (samples.size() > 2 && at - samples.getFirst().at() > WINDOW) {
      samples.removeFirst();
    }
  }

  long bytesPerSecond() {
    if (samples.size() < 2) {
      return 0;
    }
    long nanos = samples.getLast().at() - samples.getFirst().at();
    long bytes = samples.getLast().bytes() - samples.getFirst().bytes();
    return nanos <= 0 ? 0 : Math.round(bytes * 1e9 / nanos);
  }

  boolean known() {
    return samples.size() > 1 && samples.getLast().at() - samples.getFirst().at() >= ENOUGH;
  }
}
