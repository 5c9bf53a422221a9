package dev.corral.engine;

import dev.corral.gguf.Gguf;

/// How much memory of the host a runner will need.
@FunctionalInterface
public interface Sizing {
  /// Without the process around it, which is counted by the engine.
  ///
  /// @param header of the weights
  long hostBytes(Gguf header, RunnerFlags flags);
}
