package dev.corral.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What the process gives a verb besides its arguments; a test gives something else.
///
/// @param home the user's home folder, in which the home of Corral lies by default
record Surroundings(
    Screen screen, InputStream in, Map<String, String> environment, Path home, Program program) {

  static Surroundings ofProcess(Program program) {
    return new Surroundings(
        Screen.ofProcess(),
        System.in,
        System.getenv(),
        Path.of(System.getProperty("user.home", ".")),
        program);
  }

  /// The variable, where it is set to something.
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
