package dev.corral.testkit;

/// An answer that is an error, on its way out of a handler. [Reply] gives it the shape of the path.
final class ApiError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final Writer writer;

  /// Who writes it, which shows in the content type and in the newline at the end.
  enum Writer {
    HANDLER,
    MIDDLEWARE,
    STREAM
  }

  private ApiError(int status, String message, Writer writer) {
    super(message, null, false, false);
    this.status = status;
    this.writer = writer;
  }

  static ApiError of(int status, String message) {
    return new ApiError(status, message, Writer.HANDLER);
  }

  /// An error of a route that was about to stream: its content type names no charset.
  static ApiError plain(int status, String message) {
    return new ApiError(status, message, Writer.STREAM);
  }

  /// An error that Ollama's middleware finds before its handler runs: on `/v1` it is written by
  /// another writer, which names the charset and ends without a newline.
  static ApiError early(int status, String message) {
    return new ApiError(status, message, Writer.MIDDLEWARE);
  }

  int status() {
    return status;
  }

  Writer writer() {
    return writer;
  }

  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
