package dev.corral.pull;

import java.util.Locale;

/// Where a job stands.
public enum PullState {
  QUEUED,
  RESOLVING,
  PULLING,
  /// Nothing has come for a while; it goes on trying.
  STALLED,
  PAUSED,
  VERIFYING,
  PUBLISHING,
  DONE,
  FAILED,
  CANCELLED;

  /// As the outside writes it.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static PullState ofWord(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// True where nothing will happen any more.
  public boolean ended() {
    return this == DONE || this == FAILED || this == CANCELLED;
  }

  /// True while a thread works on it.
  boolean running() {
    return !ended() && this != QUEUED && this != PAUSED;
  }
}
