package dev.corral.runner.engine;

/// A task that was handed in.
public interface Ticket {

  /// Gives the task up: its slot is free before the engine's next step. Harmless when it is over.
  void cancel();
}
