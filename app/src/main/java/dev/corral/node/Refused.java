package dev.corral.node;

/// An expected no, in the words that Ollama's clients know. Without a stack trace.
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /// @param text for the caller; never a path of our disk
  public Refused(int status, String text) {
    super(text, null, false, false);
    this.status = status;
  }

  public int status() {
    return status;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
