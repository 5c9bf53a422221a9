package dev.corral.testkit;

import java.util.List;
import java.util.Locale;

/// What a child process of a test sees of the machine's variables: all but those that would tell it
/// other settings than the test's.
public final class PlainEnvironment {
  private static final List<String> STARTS = List.of("CORRAL_", "OLLAMA_", "HF_", "LLAMA_");
  private static final List<String> NAMES =
      List.of("MODEL_NAMES", "NO_COLOR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY");

  private PlainEnvironment() {}

  /// A process that is still to be started, without them.
  public static ProcessBuilder of(String... command) {
    return of(List.of(command));
  }

  public static ProcessBuilder of(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(PlainEnvironment::tells);
    return builder;
  }

  private static boolean tells(String variable) {
    String name = variable.toUpperCase(Locale.ROOT);
    return NAMES.contains(name) || STARTS.stream().anyMatch(name::startsWith);
  }
}
