package dev.corral.control;

/// The caller's own mistake, found while its request was read: 400.
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String message;
  private final String next;

  BadRequest(String message, String next) {
    super(message);
    this.message = message;
    this.next = next;
  }

  String message() {
    return message;
  }

  String next() {
    return next;
  }
}
