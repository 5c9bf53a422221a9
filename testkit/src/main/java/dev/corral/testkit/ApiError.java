package dev.corral.testkit;

/// An answer that is an error, on its way out of a handler. [Reply] gives it the shape of the path.
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final boolean beforeHandler;

  private ApiError(int status, String message, boolean beforeHandler) {
    super(message, null, false, false);
    this.status = status;
    this.beforeHandler = beforeHandler;
  }

  static ApiError of(int status, String message) {
    return new ApiError(status, message, false);
  }

  /// An error that Ollama's middleware finds before its handler runs: on `/v1` it is written by
  /// another writer, which names the charset and ends without a newline.
  static ApiError early(int status, String message) {
    return new ApiError(status, message, true);
  }

  int status() {
    return status;
  }

  boolean beforeHandler() {
    return beforeHandler;
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
