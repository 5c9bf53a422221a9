package dev.corral.access;

import dev.corral.wire.Problem;

/// The answer to: may this caller use this route?
public sealed interface Decision {
  record Allowed(Caller caller) implements Decision {}

  /// @param problem 400 for contradicting keys, 401 where no valid one was shown, 403 where it does
  ///   not suffice
  record Refused(Problem problem) implements Decision {}
}
