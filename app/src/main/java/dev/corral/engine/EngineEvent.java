package dev.corral.engine;

import java.time.Duration;

/// What happened to a runner.
public sealed interface EngineEvent {
  String name();

  record Loaded(String name, Duration took) implements EngineEvent {}

  /// @param why one sentence
  record Unloaded(String name, String why) implements EngineEvent {}

  /// @param why one sentence
  record Failed(String name, String why) implements EngineEvent {}
}
