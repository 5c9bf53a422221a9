package dev.corral.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.util.ArrayList;
import java.util.List;

/// JSON in and out. Two mappers, because reading records costs start-up time that most verbs do not
/// need.
final class Json {
  private static final ObjectMapper TREES = new ObjectMapper();

  private Json() {}

  /// Loaded with the first record.
  private static final class Records {
    static final ObjectMapper MAPPER =
        new ObjectMapper()
            .registerModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  }

  static ObjectNode object() {
    return TREES.createObjectNode();
  }

  /// The document, or a missing node where the text is no JSON.
  static JsonNode read(String text) {
    try {
      return TREES.readTree(text);
    } catch (JsonProcessingException e) {
      return TREES.missingNode();
    }
  }

  static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> each = new ArrayList<>();
    array.forEach(each::add);
    return each;
  }

  static <T> T as(JsonNode node, Class<T> type) {
    try {
      return Records.MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      throw new Failure(
          Exit.FAILED,
          "the server's answer has a form that this command line does not know: "
              + e.getOriginalMessage(),
          "Use the command line of the server's own version: corral version");
    }
  }

  /// One line of JSON for a tree, a record, a list or a map.
  static String line(Object value) {
    try {
      ObjectMapper mapper = value instanceof JsonNode ? TREES : Records.MAPPER;
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
