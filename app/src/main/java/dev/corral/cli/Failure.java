package dev.corral.cli;

/// A verb that cannot go on, in words for the one who typed it.
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Exit exit;
  private final String next;

  /// @param message what went wrong and why
  /// @param next what to do now; empty where the message says it
  Failure(Exit exit, String message, String next) {
    super(message);
    this.exit = exit;
    this.next = next;
  }

  Exit exit() {
    return exit;
  }

  String next() {
    return next;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
