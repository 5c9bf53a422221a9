package dev.corral.control;

import dev.corral.wire.Problem;
import java.util.Map;

/// What a management call came to.
sealed interface Answer {
  /// @param body written as JSON
  record Json(int status, Object body, Map<String, String> headers) implements Answer {}

  record Text(int status, String type, String body) implements Answer {}

  /// Done, and nothing to say: 204.
  record Done() implements Answer {}

  record No(Problem problem) implements Answer {}

  static Answer of(Object body) {
    return new Json(200, body, Map.of());
  }

  static Answer created(String location, Object body) {
    return new Json(201, body, Map.of("Location", location));
  }

  static Answer no(int status, String message, String next) {
    return new No(Problem.of(status, message, next));
  }
}
