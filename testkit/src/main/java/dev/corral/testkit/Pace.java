package dev.corral.testkit;

import java.time.Duration;

/// How fast a model answers.
///
/// @param load added once, when the model is not loaded yet
/// @param prefill silence before the first token
/// @param perToken silence before each token
public record Pace(Duration load, Duration prefill, Duration perToken) {
  /// As fast as the socket takes it.
  public static final Pace INSTANT = new Pace(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  public static Pace perToken(Duration perToken) {
    return new Pace(Duration.ZERO, Duration.ZERO, perToken);
  }

  public Pace withPrefill(Duration prefill) {
    return new Pace(load, prefill, perToken);
  }

  public Pace withLoad(Duration load) {
    return new Pace(load, prefill, perToken);
  }
}
