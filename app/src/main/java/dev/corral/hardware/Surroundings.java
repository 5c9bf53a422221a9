package dev.corral.hardware;

import java.nio.file.Path;
import java.util.Map;

/// Where a look at the hardware looks.
///
/// @param root under which `proc` and `sys` lie
/// @param system as `os.name` tells it
/// @param variables of the environment; those that hide GPUs are obeyed
/// @param commands runs vendors' tools
public record Surroundings(
    Path root, String system, Map<String, String> variables, Commands commands) {
  public Surroundings {
    variables = Map.copyOf(variables);
  }

  /// This machine.
  public static Surroundings ours() {
    return new Surroundings(
        Path.of("/"), System.getProperty("os.name", ""), System.getenv(), Programs.ours());
  }

  boolean apple() {
    return system.startsWith("Mac");
  }
}
