package dev.corral.templates.jinja;

/// The template refused its input by `raise_exception`.
final class Raise extends RuntimeException {
  private static final long serialVersionUID = 1;

  Raise(String message) {
    super(message, null, false, false);
  }

  String words() {
    return String.valueOf(getMessage());
  }
}
