package dev.corral.dialect;

/// A request's body is not what its call takes. Without a stack trace.
public final class Unread extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public Unread(String text) {
    super(text, null, false, false);
  }

  /// In Go's words, as Ollama tells it.
  public String text() {
    return String.valueOf(getMessage());
  }
}
