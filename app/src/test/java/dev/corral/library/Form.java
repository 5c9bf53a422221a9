package dev.corral.library;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// As much of JSON Schema as the catalog's form uses.
final class Form {
  private final JsonNode root;
  private final List<String> faults = new ArrayList<>();

  private Form(JsonNode root) {
    this.root = root;
  }

  static List<String> faults(JsonNode schema, JsonNode value) {
    Form form = new Form(schema);
    form.check(schema, value, "$");
    return form.faults;
  }

  private void check(JsonNode schema, JsonNode value, String at) {
    if (schema.has("$ref")) {
      check(root.at(schema.path("$ref").asText().substring(1)), value, at);
      return;
    }
    JsonNode types = schema.path("type");
    if (types.isTextual() || types.isArray()) {
      List<String> allowed = new ArrayList<>();
      (types.isArray() ? types : List.of(types)).forEach(one -> allowed.add(one.asText()));
      fault(allowed.contains(type(value)), at, "is no " + allowed);
    }
    if (schema.has("anyOf")) {
      boolean any = false;
      for (JsonNode one : schema.path("anyOf")) {
        Form alone = new Form(root);
        alone.check(one, value, at);
        any |= alone.faults.isEmpty();
      }
      fault(any, at, "is none of the forms");
    }
    schema.path("required").forEach(name -> fault(value.has(name.asText()), at, "lacks " + name));
    schema
        .path("properties")
        .properties()
        .forEach(member -> {
          if (value.has(member.getKey())) {
            check(member.getValue(), value.get(member.getKey()), at + "." + member.getKey());
          }
        });
    if (schema.has("items") && value.isArray()) {
      value.forEach(item -> check(schema.get("items"), item, at + "[]"));
      fault(value.size() >= schema.path("minItems").asInt(0), at, "has too few");
    }
    values(schema, value, at);
  }

  private void values(JsonNode schema, JsonNode value, String at) {
    if (schema.has("enum")) {
      boolean any = false;
      for (JsonNode one : schema.get("enum")) {
        any |= one.equals(value);
      }
      fault(any, at, "is not among " + schema.get("enum"));
    }
    if (value.isNumber()) {
      double number = value.asDouble();
      fault(number >= schema.path("minimum").asDouble(number), at, "is too small");
      fault(number <= schema.path("maximum").asDouble(number), at, "is too large");
      fault(number > schema.path("exclusiveMinimum").asDouble(number - 1), at, "is too small");
    }
    if (value.isTextual()) {
      String text = value.asText();
      fault(text.matches(schema.path("pattern").asText("(?s).*")), at, "has another form");
      fault(text.length() >= schema.path("minLength").asInt(0), at, "is too short");
      fault(text.length() <= schema.path("maxLength").asInt(text.length()), at, "is too long");
    }
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "boolean";
      default -> "null";
    };
  }

  private void fault(boolean good, String at, String what) {
    if (!good) {
      faults.add(at + " " + what);
    }
  }
}
