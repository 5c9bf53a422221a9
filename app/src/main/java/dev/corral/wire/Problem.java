package dev.corral.wire;

import org.jspecify.annotations.Nullable;

/// An error on its way to a caller. It names its speaker, so that nobody mistakes the gateway's no
/// for the backend's.
///
/// @param status HTTP status, 400 to 599
/// @param speaker `corral`, or the name of the backend whose words these are
/// @param message what went wrong and why, in the words that the caller's clients know
/// @param next what to do now; empty where the message already says it
/// @param retryAfterSeconds sent as `Retry-After`; null where waiting does not help
public record Problem(
    int status, String speaker, String message, String next, @Nullable Integer retryAfterSeconds) {
  public static final String CORRAL = "corral";

  public Problem {
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("Not an error status: " + status);
    }
  }

  public static Problem of(int status, String message) {
    return new Problem(status, CORRAL, message, "", null);
  }

  public static Problem of(int status, String message, String next) {
    return new Problem(status, CORRAL, message, next, null);
  }

  public Problem retryAfter(int seconds) {
    return new Problem(status, speaker, message, next, seconds);
  }

  /// Message and next step as one text, for dialects that have one field only.
  public String text() {
    if (next.isEmpty()) {
      return message;
    }
    return message.endsWith(".") || message.endsWith("?")
        ? message + " " + next
        : message + ". " + next;
  }
}
