package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// Request bodies for recordings that do not show theirs, because they were long or binary.
final class StandIn {
  private StandIn() {}

  static Body bodyOf(Recording recording) {
    int size = Math.toIntExact(recording.hiddenRequestBytes());
    boolean json =
        recording.requestHeaders().first("Content-Type").orElse("").startsWith("application/json");
    return json ? jsonOf(recording, size) : Body.of(new byte[size]);
  }

  private static Body jsonOf(Recording recording, int size) {
    int without = Json.bytes(request(recording, "")).length;
    return Body.of(Json.bytes(request(recording, "x".repeat(Math.max(0, size - without)))));
  }

  private static ObjectNode request(Recording recording, String text) {
    ObjectNode request = Json.object().put("model", model(recording));
    request.put("stream", recording.streamed());
    switch (recording.target()) {
      case "/api/generate", "/api/embeddings", "/v1/completions" -> request.put("prompt", text);
      case "/api/embed", "/v1/embeddings", "/v1/responses" -> request.put("input", text);
      default -> request.putArray("messages").addObject().put("role", "user").put("content", text);
    }
    return request;
  }

  /// The model that answered; an error does not say which one it was.
  private static String model(Recording recording) {
    String text = recording.responseBody().text();
    int start = text.indexOf("{\"");
    String first = start < 0 ? "" : text.substring(start).lines().findFirst().orElse("");
    return Body.of(first).json().path("model").asText("markov-a");
  }
}
