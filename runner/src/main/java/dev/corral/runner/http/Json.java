package dev.corral.runner.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/// The one reader and writer of JSON here.
final class Json {
  private static final JsonMapper MAPPER = new JsonMapper();

  private Json() {}

  /// Loads what reading and writing needs, some hundred classes, before the first request waits for
  /// them.
  static void warm() {
    var _ = bytes(read(new byte[] {'{', '}'}));
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /// @throws Refusal where it is no JSON, with the place
  static JsonNode read(byte[] bytes) {
    try {
      JsonNode json = MAPPER.readTree(bytes);
      if (json == null || json.isMissingNode()) {
        throw Refusal.invalid("The request has no body; it must be a JSON object");
      }
      return json;
    } catch (JsonProcessingException wrong) {
      throw Refusal.invalid(
          "The request is no JSON: %s (line %d, column %d)"
              .formatted(
                  wrong.getOriginalMessage(),
                  wrong.getLocation().getLineNr(),
                  wrong.getLocation().getColumnNr()));
    } catch (IOException impossible) {
      throw new IllegalStateException("Bytes in memory can be read", impossible);
    }
  }

  static byte[] bytes(JsonNode json) {
    try {
      return MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("A tree can be written", impossible);
    }
  }
}
