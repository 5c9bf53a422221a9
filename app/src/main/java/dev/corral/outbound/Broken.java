package dev.corral.outbound;

import java.io.IOException;

/// Carries a [NotReached] out of the depths of a connection attempt.
final class Broken extends IOException {
  private static final long serialVersionUID = 1;

  private final transient NotReached reason;

  Broken(NotReached.Why why, String text, String next) {
    super(text);
    this.reason = new NotReached(why, text, next);
  }

  NotReached reason() {
    return reason;
  }
}
