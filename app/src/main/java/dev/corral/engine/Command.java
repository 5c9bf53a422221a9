package dev.corral.engine;

import java.util.concurrent.CompletableFuture;

/// What the engine's owner is told.
sealed interface Command {
  record Ask(Load load, CompletableFuture<Granted> answer) implements Command {}

  /// Some caller left the queue: its answer is done.
  record Left() implements Command {}

  record Returned(Runner runner) implements Command {}

  /// @param by the settings that it was looked at with
  record Inspected(Wanted wanted, EngineSettings by, Inspection.Result result) implements Command {}

  record Happened(Runner runner, Watch.News news) implements Command {}

  record Unload(String name, CompletableFuture<Boolean> done) implements Command {}

  record Apply(EngineSettings settings) implements Command {}

  record Stop() implements Command {}
}
