package dev.corral.upstream;

/// Nobody waits for this answer any more. Expected, so without a stack trace.
public final class CallerLeft extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CallerLeft() {
    super("the caller has left", null, false, false);
  }
}
