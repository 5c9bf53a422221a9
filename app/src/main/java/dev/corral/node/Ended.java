package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;

/// How the writing of an answer ended.
///
/// @param reason `stop` or `length`
/// @param promptTokens cached ones included
/// @param raw all that the model wrote, marks and all
record Ended(
    String reason, int promptTokens, long promptNanos, int tokens, long nanos, String raw) {
  private static final double NANOS_OF_MILLI = 1e6;

  /// llama-server counts in microseconds, and none took less than one.
  private static final long LEAST_NANOS = 1000;

  /// From the last event of a runner.
  static Ended of(JsonNode event, String raw) {
    JsonNode timings = event.path("timings");
    int tokens = timings.path("predicted_n").asInt();
    return new Ended(
        event.path("stop_type").asText("").equals("limit") ? "length" : "stop",
        timings.path("cache_n").asInt() + timings.path("prompt_n").asInt(),
        nanos(timings.path("prompt_ms")),
        tokens,
        tokens > 0 ? Math.max(LEAST_NANOS, nanos(timings.path("predicted_ms"))) : 0,
        raw);
  }

  private static long nanos(JsonNode millis) {
    return (long) (millis.asDouble() * NANOS_OF_MILLI);
  }
}
