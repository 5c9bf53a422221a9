package dev.corral.pull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Bytes a second over the last seconds. For one thread.
final class Rate {
  private static final long WINDOW = Duration.ofSeconds(10).toNanos();

  /// Before that, a guess of the time left would only mislead.
  private static final long ENOUGH = Duration.ofSeconds(3).toNanos();

  /// Of a new job nobody knows yet how even it goes: so long its time is told as a range.
  private static final long SETTLED = Duration.ofSeconds(30).toNanos();

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private record Sample(long at, long bytes) {}

  private final Deque<Sample> samples = new ArrayDeque<>();
  private @Nullable Long begun;

  /// @param at as of [System#nanoTime()]
  /// @param bytes so far in all
  void add(long at, long bytes) {
    if (!samples.isEmpty() && bytes < samples.getLast().bytes()) {
      samples.clear(); // it began anew
      begun = null;
    }
    begun = begun == null ? at : begun;
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

  /// A guess of the time that is left.
  ///
  /// @param seconds at the rate of the last seconds
  /// @param most where it goes on as slowly as it went for a second; the same once it has settled
  record Left(long seconds, long most) {}

  /// Empty until it can be guessed.
  Optional<Left> left(long bytes) {
    long mean = bytesPerSecond();
    if (samples.size() < 2 || lasted() < ENOUGH || mean <= 0) {
      return Optional.empty();
    }
    long seconds = bytes / mean;
    boolean settled = begun != null && samples.getLast().at() - begun >= SETTLED;
    long slowest = settled ? mean : Math.clamp(slowestSecond(), 1, mean);
    return Optional.of(new Left(seconds, Math.max(seconds, bytes / slowest)));
  }

  private long lasted() {
    return samples.getLast().at() - samples.getFirst().at();
  }

  private long slowestSecond() {
    long slowest = Long.MAX_VALUE;
    Sample from = samples.getFirst();
    for (Sample sample : samples) {
      if (sample.at() - from.at() >= SECOND) {
        double share = (double) SECOND / (sample.at() - from.at());
        slowest = Math.min(slowest, Math.round((sample.bytes() - from.bytes()) * share));
        from = sample;
      }
    }
    return slowest;
  }
}
