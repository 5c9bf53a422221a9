package dev.corral.access;

import dev.corral.wire.Problem;

/// The answer to: may this caller use this route?
public sealed interface Decision {
  record Allowed(Caller caller) implements Decision {}

  /// @param problem 400 for contradicting keys, 401 where no valid one was shown, 403 where it does
  ///   not suffice
  /// @param wrongKey a key was shown, and it never was one of ours
  record Refused(Problem problem, boolean wrongKey) implements Decision {}
}
