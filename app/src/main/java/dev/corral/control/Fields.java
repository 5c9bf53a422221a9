package dev.corral.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.config.Nearest;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The members of a body, strictly: an object, no member twice, none that the record has not, and
/// each of its type. Every error names the member and what it should be.
final class Fields {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final JsonNode tree;

  private Fields(JsonNode tree) {
    this.tree = tree;
  }

  /// @param body no body at all is an object without members
  /// @param shape whose components are the members that may be there
  static Fields of(byte[] body, Class<? extends Record> shape) {
    List<String> known =
        Arrays.stream(shape.getRecordComponents()).map(RecordComponent::getName).toList();
    JsonNode tree = tree(body);
    tree.fieldNames().forEachRemaining(name -> check(name, known));
    return new Fields(tree);
  }

  private static JsonNode tree(byte[] body) {
    if (body.length == 0) {
      return JSON.createObjectNode();
    }
    try {
      JsonNode tree = JSON.readTree(body);
      if (tree.isObject()) {
        return tree;
      }
    } catch (JsonProcessingException e) {
      throw new BadRequest("The body is not valid JSON: " + e.getOriginalMessage(), "");
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    throw new BadRequest("The body is not a JSON object", "Send {\"name\": …}.");
  }

  private static void check(String name, List<String> known) {
    if (!known.contains(name)) {
      String next =
          Nearest.to(name, known)
              .map(right -> "Did you mean '" + right + "'?")
              .orElse("There are: " + String.join(", ", known) + ".");
      throw new BadRequest("There is no member '" + name + "' here", next);
    }
  }

  /// A text that must be there and not be empty.
  String text(String name) {
    String text = textOr(name, "");
    if (text.isEmpty()) {
      throw new BadRequest("The member '" + name + "' is missing", "");
    }
    return text;
  }

  String textOr(String name, String otherwise) {
    JsonNode value = tree.path(name);
    if (absent(value)) {
      return otherwise;
    }
    if (!value.isTextual()) {
      throw wrong(name, "a text", value);
    }
    return value.asText().strip();
  }

  /// A comma list, also where it came as a number or as an array of numbers and texts.
  String listOr(String name, String otherwise) {
    JsonNode value = tree.path(name);
    if (absent(value)) {
      return otherwise;
    }
    List<String> words = new ArrayList<>();
    for (JsonNode one : value.isArray() ? value : List.of(value)) {
      if (!one.isTextual() && !one.isIntegralNumber()) {
        throw wrong(name, "a number, a text or a list of them", one);
      }
      words.add(one.asText().strip());
    }
    String list = String.join(",", words);
    return list.isEmpty() ? otherwise : list;
  }

  boolean flagOr(String name, boolean otherwise) {
    JsonNode value = tree.path(name);
    if (absent(value)) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "true or false", value);
    }
    return value.asBoolean();
  }

  List<String> words(String name) {
    JsonNode value = tree.path(name);
    List<String> words = new ArrayList<>();
    if (!absent(value) && !value.isArray()) {
      throw wrong(name, "an array of texts", value);
    }
    for (JsonNode word : value) {
      if (!word.isTextual()) {
        throw wrong(name, "an array of texts", word);
      }
      words.add(word.asText().strip());
    }
    return words;
  }

  private static boolean absent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private static BadRequest wrong(String name, String wanted, JsonNode value) {
    return new BadRequest(
        "The member '" + name + "' must be " + wanted + ", not " + value.getNodeType(), "");
  }
}
