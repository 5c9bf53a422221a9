package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A JSON value with everything masked that differs from run to run: ids, times, counts, digests.
/// What stays is the order of the fields, their types, and the words.
final class Shape {
  private static final Set<String> WORDS =
      Set.of(
          "error",
          "message",
          "response",
          "content",
          "thinking",
          "reasoning",
          "text",
          "status",
          "done_reason",
          "finish_reason",
          "stop_reason",
          "type",
          "role",
          "object",
          "name",
          "model",
          "delta",
          "partial_json",
          "arguments",
          "done",
          "version",
          "system_fingerprint",
          "owned_by");

  private Shape() {}

  static String of(JsonNode node) {
    return of("", node);
  }

  private static String of(String field, JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> object(node);
      case ARRAY -> array(field, node);
      case NUMBER -> "#";
      case STRING -> WORDS.contains(field) ? "'" + masked(node.asText()) + "'" : "'…'";
      case BOOLEAN, NULL, MISSING, BINARY, POJO -> node.asText("null");
    };
  }

  private static String object(JsonNode node) {
    return node.properties().stream()
        .map((Map.Entry<String, JsonNode> e) -> e.getKey() + ":" + of(e.getKey(), e.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /// Numbers differ in count (tokens, vectors); anything else is compared item by item.
  private static String array(String field, JsonNode node) {
    if (node.isEmpty() || node.get(0).isNumber()) {
      return "[#]";
    }
    return node.valueStream()
        .map(item -> of(field, item))
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String masked(String text) {
    return text.replace("DEFAULT_HOST", ModelTable.DEFAULT_HOST);
  }
}
