package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/// JSON trees of the translation.
final class Trees {
  /// Pictures travel as strings, so a string may be as long as a body.
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private static final ObjectMapper JSON = new ObjectMapper(FACTORY);

  private Trees() {}

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /// Bytes that are no UTF-8 are replaced, as Go does.
  static JsonNode read(byte[] bytes) throws JsonProcessingException {
    return read(new String(bytes, StandardCharsets.UTF_8));
  }

  static JsonNode read(String text) throws JsonProcessingException {
    JsonNode tree = JSON.readTree(text);
    return tree == null ? JSON.missingNode() : tree;
  }

  static byte[] bytes(JsonNode tree) {
    return tree.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The text of a string; empty for anything else.
  static String text(JsonNode node) {
    return node.isTextual() ? node.textValue() : "";
  }

  /// The type of a value in Go's words.
  static String goType(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "array";
      case BOOLEAN -> "bool";
      case NUMBER -> "number";
      case STRING -> "string";
      default -> "object";
    };
  }
}
