package dev.corral.node;

import java.io.IOException;

/// Answers one route.
@FunctionalInterface
public interface Handler {
  /// @throws Refused for an expected no
  /// @throws IOException where the caller's body breaks off, or the disk fails
  void answer(Turn turn) throws IOException;
}
