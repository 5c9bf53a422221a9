package dev.corral.pull;

import dev.corral.registry.Trouble;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/// When the next try may be made, shared by all connections of a job: a registry that wants to be
/// left alone means all of them.
final class Backoff {
  /// Answers that make no sense may be somebody in between having a bad moment; no more than this.
  private static final int MOST_WRONG = 2;

  private final FetchSettings settings;
  private final LongSupplier nanos;
  private int failures;
  private int wrong;
  private long lastByte;
  private long notBefore;

  Backoff(FetchSettings settings) {
    this(settings, System::nanoTime);
  }

  /// @param nanos the clock
  Backoff(FetchSettings settings, LongSupplier nanos) {
    this.settings = settings;
    this.nanos = nanos;
    this.lastByte = nanos.getAsLong();
    this.notBefore = lastByte;
  }

  /// Bytes came: all is well.
  synchronized void came() {
    lastByte = nanos.getAsLong();
    failures = 0;
    wrong = 0;
  }

  /// What came before was no question to a registry: silence counts from here.
  synchronized void begin() {
    lastByte = Math.max(lastByte, nanos.getAsLong());
  }

  synchronized long nanosSinceByte() {
    return nanos.getAsLong() - lastByte;
  }

  /// Something failed.
  ///
  /// @return whether trying again makes sense
  synchronized boolean failed(Trouble trouble) {
    if (!trouble.passing()) {
      wrong++;
      if (trouble.kind() != Trouble.Kind.WRONG || wrong >= MOST_WRONG) {
        return false;
      }
    }
    long now = nanos.getAsLong();
    Duration own = nextWait();
    // To be told "at once", or a time that is over, is to be told nothing.
    Duration wait =
        trouble.retryAfter().filter(told -> told.compareTo(settings.firstWait()) >= 0).orElse(own);
    if (wait.compareTo(own) > 0) {
      // Waiting as told is not silence.
      lastByte = Math.max(lastByte, now + wait.toNanos() - settings.giveUp().toNanos() / 2);
    }
    notBefore = Math.max(notBefore, now + wait.toNanos());
    failures++;
    return now - lastByte < settings.giveUp().toNanos();
  }

  /// Doubled each time, and never the same for two who failed together.
  private Duration nextWait() {
    long most = settings.longestWait().toNanos();
    long doubled = settings.firstWait().toNanos() << Math.min(failures, 20);
    long wait = doubled <= 0 ? most : Math.min(most, doubled);
    return Duration.ofNanos(wait / 2 + ThreadLocalRandom.current().nextLong(wait / 2 + 1));
  }

  /// Waits until the next try may be made.
  ///
  /// @return false where the work was stopped meanwhile
  boolean awaitTurn(Stop stop) {
    long left = left();
    while (left > 0) {
      if (stop.await(Duration.ofNanos(left))) {
        return false;
      }
      left = left();
    }
    return !stop.asked();
  }

  private synchronized long left() {
    return notBefore - nanos.getAsLong();
  }
}
