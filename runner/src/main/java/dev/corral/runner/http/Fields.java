package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The fields of a request, each with what it must be. A field that is null counts as missing, as
/// with llama-server.
record Fields(ObjectNode json) {
  static Fields of(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      throw Refusal.invalid("The request must be a JSON object");
    }
    return new Fields(object);
  }

  /// The first of these that is there.
  @Nullable JsonNode find(String... names) {
    for (String name : names) {
      JsonNode value = json.get(name);
      if (value != null && !value.isNull()) {
        return value;
      }
    }
    return null;
  }

  boolean has(String name) {
    return find(name) != null;
  }

  int whole(int otherwise, int least, String... names) {
    JsonNode value = find(names);
    if (value == null) {
      return otherwise;
    }
    if (!value.isNumber() || value.doubleValue() != Math.rint(value.doubleValue())) {
      throw wrong(names[0], "must be a whole number");
    }
    double number = value.doubleValue();
    if (number < least) {
      throw wrong(names[0], "must be at least " + least);
    }
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  float real(float otherwise, String name) {
    JsonNode value = find(name);
    if (value == null) {
      return otherwise;
    }
    float number = value.floatValue();
    if (!value.isNumber() || !Float.isFinite(number)) {
      throw wrong(name, "must be a number");
    }
    return number;
  }

  boolean flag(boolean otherwise, String name) {
    JsonNode value = find(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw wrong(name, "must be true or false");
    }
    return value.booleanValue();
  }

  String text(String otherwise, String name) {
    JsonNode value = find(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.isTextual()) {
      throw wrong(name, "must be a text");
    }
    return value.textValue();
  }

  /// One text, or a list of them.
  List<String> texts(String name) {
    JsonNode value = find(name);
    List<String> texts = new ArrayList<>();
    if (value != null && value.isTextual()) {
      texts.add(value.textValue());
    } else if (value != null) {
      for (JsonNode one : list(value, name)) {
        if (!one.isTextual()) {
          throw wrong(name, "must be a text or a list of texts");
        }
        texts.add(one.textValue());
      }
    }
    return texts;
  }

  static JsonNode list(JsonNode value, String name) {
    if (!value.isArray()) {
      throw wrong(name, "must be a list");
    }
    return value;
  }

  static Refusal wrong(String name, String what) {
    return Refusal.invalid("Field '" + name + "' " + what);
  }
}
