package dev.corral.control;

/// The caller's own mistake, found while its request was read: 400, or 404 where it names something
/// that is not there.
final class BadRequest extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String message;
  private final String next;

  BadRequest(String message, String next) {
    this(400, message, next);
  }

  private BadRequest(int status, String message, String next) {
    super(message);
    this.status = status;
    this.message = message;
    this.next = next;
  }

  static BadRequest noSuch(String message, String next) {
    return new BadRequest(404, message, next);
  }

  int status() {
    return status;
  }

  String message() {
    return message;
  }

  String next() {
    return next;
  }
}
