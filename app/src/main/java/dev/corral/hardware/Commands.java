package dev.corral.hardware;

import java.util.List;
import java.util.Optional;

/// Runs the small programs of vendors that tell about their devices.
public interface Commands {
  /// What a program printed; empty where there is no such program, where it failed, or where it
  /// took too long.
  ///
  /// @param arguments its name or path first
  Optional<String> output(List<String> arguments);
}
