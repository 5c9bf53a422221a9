package dev.corral.upstream;

import java.util.Map;

/// The whole small answer of a backend's management API.
public sealed interface Answer {
  /// @param headers names in lower case
  /// @param body as UTF-8 text
  record Told(int status, Map<String, String> headers, String body) implements Answer {}

  record Failed(Failure failure) implements Answer {}
}
