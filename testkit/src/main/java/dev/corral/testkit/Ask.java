package dev.corral.testkit;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// A JSON request as Go's decoder reads it: only the first value counts, names of fields match
/// without case, the last of several equal ones wins, and errors have Go's words.
final class Ask {
  /// Reading takes several times the memory of what is read, so large bodies are read in turn.
  private static final int LARGE = 1 << 20;

  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private final JsonNode root;

  private Ask(JsonNode root) {
    this.root = root;
  }

  /// Reads the body.
  ///
  /// @param struct Ollama's name of the request type, told in errors
  /// @param texts fields that must be strings
  /// @throws ApiError 400 with Go's text
  static Ask read(Received request, String struct, String... texts) {
    boolean compat = Layer.of(request.path()) != Layer.NATIVE;
    if (request.body().size() == 0) {
      throw ApiError.early(400, compat ? "EOF" : "missing request body");
    }
    Ask ask = new Ask(parse(request.body()));
    if (!ask.root.isObject()) {
      throw ApiError.early(
          400,
          "json: cannot unmarshal %s into Go value of type api.%s"
              .formatted(goType(ask.root), struct));
    }
    for (String name : texts) {
      JsonNode value = ask.get(name);
      if (!value.isMissingNode() && !value.isNull() && !value.isTextual()) {
        throw ApiError.early(
            400,
            "json: cannot unmarshal %s into Go struct field %s.%s of type string"
                .formatted(goType(value), struct, name));
      }
    }
    return ask;
  }

  private static JsonNode parse(Body body) {
    if (body.size() < LARGE) {
      return parsed(body);
    }
    ONE_AT_A_TIME.lock();
    try {
      return parsed(body);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static JsonNode parsed(Body body) {
    try (JsonParser parser = Json.MAPPER.createParser(body.unsafe())) {
      JsonNode node = Json.MAPPER.readTree(parser);
      if (node == null) {
        throw ApiError.early(400, "EOF");
      }
      return node;
    } catch (JsonEOFException cut) {
      throw ApiError.early(400, "unexpected EOF");
    } catch (JsonProcessingException bad) {
      throw ApiError.early(400, goWords(bad, body));
    } catch (IOException impossible) {
      throw ApiError.early(400, "unexpected EOF");
    }
  }

  /// Go names the first character that cannot stand where it stands.
  private static String goWords(JsonProcessingException bad, Body body) {
    String text = body.text();
    Object at = bad.getProcessor();
    long offset = bad.getLocation() == null ? 0 : bad.getLocation().getByteOffset();
    if (at instanceof JsonParser parser) {
      offset = parser.currentTokenLocation().getByteOffset();
    }
    int index = (int) Math.clamp(offset, 0, Math.max(0, text.length() - 1));
    while (index < text.length() - 1 && " \t\r\n:,".indexOf(text.charAt(index)) >= 0) {
      index++;
    }
    return "invalid character '" + text.charAt(index) + "' looking for beginning of value";
  }

  private static String goType(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      case ARRAY -> "array";
      case OBJECT -> "object";
      case STRING, BINARY, MISSING, NULL, POJO -> "string";
    };
  }

  /// The field of that name; a missing node where there is none.
  JsonNode get(String name) {
    JsonNode found = root.path(name);
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equalsIgnoreCase(name)) {
        found = field.getValue();
      }
    }
    return found;
  }

  String text(String name) {
    return get(name).asText("");
  }

  boolean flag(String name, boolean absent) {
    JsonNode value = get(name);
    return value.isBoolean() ? value.booleanValue() : absent;
  }

  int number(String name, int absent) {
    JsonNode value = get(name);
    return value.isNumber() ? value.intValue() : absent;
  }

  List<JsonNode> items(String name) {
    JsonNode value = get(name);
    return value.isArray() ? value.valueStream().toList() : List.of();
  }

  /// A member of an object field; a missing node where there is none.
  JsonNode in(String object, String name) {
    JsonNode value = get(object);
    return value.isObject() ? value.path(name) : MissingNode.getInstance();
  }
}
