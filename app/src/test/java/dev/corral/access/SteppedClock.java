package dev.corral.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// Goes on when it is told to.
final class SteppedClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-11-21T10:00:30Z");

  @Override
  public Instant instant() {
    return now;
  }

  void step(Duration duration) {
    now = now.plus(duration);
  }
}
