package dev.corral;

import dev.corral.config.ConfigProblem;
import java.util.List;

/// The start cannot go on. The message is for the operator's terminal.
final class Unstartable extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int exitCode;

  Unstartable(String why, String next) {
    this(why, next, 1);
  }

  private Unstartable(String why, String next, int exitCode) {
    super(next.isEmpty() ? why : why + ".\n  " + next);
    this.exitCode = exitCode;
  }

  /// Wrong configuration is exit code 2.
  static Unstartable config(List<ConfigProblem> problems) {
    return new Unstartable(
        String.join("\n  ", problems.stream().map(ConfigProblem::text).toList()),
        "Mend it, and check it with: corral config check",
        2);
  }

  static Unstartable port(String host, int port, Throwable cause) {
    return new Unstartable(
        "Cannot listen on " + host + ":" + port + " (" + cause.getMessage() + ")",
        Machine.whoListens(host, port)
            + " Stop it, or take another port: corral serve --port "
            + (port + 1));
  }

  int exitCode() {
    return exitCode;
  }
}
