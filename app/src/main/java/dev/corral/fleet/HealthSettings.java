package dev.corral.fleet;

import java.time.Duration;

/// @param probe how often a healthy backend is looked at; one that is down is asked every second
public record HealthSettings(Duration probe) {
  public static HealthSettings defaults() {
    return new HealthSettings(Duration.ofSeconds(30));
  }

  public HealthSettings {
    if (probe.toMillis() < 100) {
      throw new IllegalArgumentException("health.probe must be at least 100ms");
    }
  }
}
