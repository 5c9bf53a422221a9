package dev.corral.pull;

/// What happens to jobs, for feed, log and metrics.
public sealed interface PullEvent {
  Pull pull();

  /// It is in another state now.
  record Moved(Pull pull, PullState before) implements PullEvent {}

  /// More bytes are there; told a few times a second at most.
  record Progressed(Pull pull) implements PullEvent {}
}
