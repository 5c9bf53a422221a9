package dev.corral.pull;

import java.util.Locale;

/// Where a job stands.
public enum PullState {
  QUEUED,
  /// Somebody who may has to say yes first.
  WAITING_FOR_APPROVAL,
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
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static PullState ofWord(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /// True where nothing will happen any more.
  public boolean ended() {
    return this == DONE || this == FAILED || this == CANCELLED;
  }

  /// True while a thread works on it.
  boolean running() {
    return !ended() && this != QUEUED && this != PAUSED && this != WAITING_FOR_APPROVAL;
  }
}
