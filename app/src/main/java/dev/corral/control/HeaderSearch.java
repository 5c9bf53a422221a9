package dev.corral.control;

import dev.corral.gguf.Gguf;
import dev.corral.model.ModelName;

/// Finds the header of a model by its name: in a store on this machine, at a registry or hub, or
/// what a node tells of it. Blocking.
@FunctionalInterface
public interface HeaderSearch {
  Found find(ModelName name);

  /// What came of it.
  sealed interface Found {
    /// @param gguf whole, or a part that errs upwards
    record Header(Gguf gguf) implements Found {}

    /// @param status of the answer
    record None(int status, String why, String next) implements Found {}
  }
}
