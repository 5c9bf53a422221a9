package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One schema on its way to a grammar. What `$ref` points to becomes a rule of its own, made once,
/// so that it may lead back to itself.
final class Conversion {
  /// Keywords that by themselves say what a value is; the rest tells about it.
  private static final Set<String> STRUCTURE =
      Set.of(
          "type",
          "enum",
          "const",
          "properties",
          "required",
          "additionalProperties",
          "items",
          "prefixItems",
          "minItems",
          "maxItems",
          "minLength",
          "maxLength",
          "pattern",
          "format",
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "allOf");

  private static final List<String> TYPES =
      List.of("object", "array", "string", "integer", "number", "boolean", "null");

  private static final Map<String, String> FORMATS =
      Map.of("date", "date", "time", "time", "date-time", "date \"T\" time");

  final Rules rules;
  final Repetition repetition;
  private final References references;
  private final Patterns patterns;

  /// @param rules where the schema's go
  /// @param name the rule for the whole schema, which has no body yet
  Conversion(JsonNode document, Rules rules, String name, List<String> loosened) {
    this.rules = rules;
    this.repetition = new Repetition(rules);
    this.references = new References(document, rules);
    this.patterns = new Patterns(rules, repetition, loosened);
    rules.put(name, visit(document, Place.root("#"), true));
    references.eachWaiting((schema, place) -> visit(schema, place, true));
  }

  /// A body for the schema.
  ///
  /// @param first true where nothing was written yet since the rule of this `$ref` began, so that a
  ///   way back to it would never end
  String visit(JsonNode schema, Place place, boolean first) {
    rules.work(1);
    if (schema.isBoolean() && schema.booleanValue()) {
      return rules.usual("value");
    }
    if (!schema.isObject()) {
      throw new SchemaRefused(place, "a schema must be an object");
    }
    if (schema.has("$ref")) {
      return references.to(schema.get("$ref"), place, first);
    }
    for (String either : List.of("anyOf", "oneOf")) {
      if (schema.has(either)) {
        return alternatives(schema, either, place, first);
      }
    }
    if (schema.has("allOf")) {
      JsonNode merged = new Merge(references, rules).all(schema, place);
      return visit(merged, place.in("allOf"), first);
    }
    if (schema.has("const")) {
      return Gbnf.literal(schema.get("const"));
    }
    if (schema.has("enum")) {
      return enumeration(schema.get("enum"), place);
    }
    return typed(schema, place);
  }

  /// A rule for the schema, to be named from elsewhere.
  String rule(JsonNode schema, Place place) {
    String body = visit(schema, place, false);
    return Rules.isName(body) ? body : rules.add(place.hint(), body);
  }

  private String alternatives(JsonNode schema, String either, Place place, boolean first) {
    JsonNode choices = schema.get(either);
    if (!choices.isArray() || choices.isEmpty()) {
      throw new SchemaRefused(place.in(either), "must be a list of schemas, and not empty");
    }
    boolean merges = schema.propertyStream().anyMatch(field -> STRUCTURE.contains(field.getKey()));
    Set<String> bodies = new LinkedHashSet<>();
    for (int i = 0; i < choices.size(); i++) {
      Place at = place.in(either).in(String.valueOf(i));
      JsonNode choice = choices.get(i);
      bodies.add(
          visit(
              merges ? new Merge(references, rules).with(schema, either, choice, at) : choice,
              at,
              first));
    }
    return String.join(" | ", bodies);
  }

  private static String enumeration(JsonNode values, Place place) {
    if (!values.isArray() || values.isEmpty()) {
      throw new SchemaRefused(place.in("enum"), "must be a list of values, and not empty");
    }
    Set<String> literals = new LinkedHashSet<>();
    values.forEach(value -> literals.add(Gbnf.literal(value)));
    return String.join(" | ", literals);
  }

  private String typed(JsonNode schema, Place place) {
    JsonNode type = schema.get("type");
    if (type == null) {
      return ofType(guess(schema), schema, place);
    }
    if (type.isTextual()) {
      return ofType(type.textValue(), schema, place);
    }
    if (!type.isArray() || type.isEmpty()) {
      throw new SchemaRefused(place.in("type"), "must be a name or a list of names");
    }
    List<String> bodies = new ArrayList<>();
    for (JsonNode one : type) {
      bodies.add(ofType(one.asText(), schema, place));
    }
    return String.join(" | ", bodies);
  }

  /// What a schema without a type is about, by its other keywords; empty where they do not say.
  private static String guess(JsonNode schema) {
    if (schema.has("properties") || schema.path("additionalProperties").isObject()) {
      return "object";
    }
    if (schema.has("items") || schema.has("prefixItems")) {
      return "array";
    }
    boolean text = schema.has("pattern") || schema.has("minLength") || schema.has("maxLength");
    return text || hasFormat(schema) ? "string" : "";
  }

  private static boolean hasFormat(JsonNode schema) {
    String format = schema.path("format").asText("");
    return FORMATS.containsKey(format) || format.matches("uuid[1-8]?");
  }

  private String ofType(String type, JsonNode schema, Place place) {
    return switch (type) {
      case "" -> rules.usual("value");
      case "object" -> new Objects(this).body(schema, place);
      case "array" -> new Arrays(this).body(schema, place);
      case "string" -> string(schema, place);
      case "integer" -> {
        String body = Integers.of(schema, place);
        yield body.isEmpty() ? rules.usual("integer") : body;
      }
      case "number" ->
          rules.usual(schema.path("minimum").asDouble(-1) >= 0 ? "positive" : "number");
      case "boolean", "null" -> rules.usual(type);
      default ->
          throw new SchemaRefused(
              place.in("type"),
              "'%s' is no type; there are %s".formatted(type, String.join(", ", TYPES)));
    };
  }

  private String string(JsonNode schema, Place place) {
    if (schema.path("pattern").isTextual()) {
      return patterns.body(schema.get("pattern").textValue(), place.in("pattern"));
    }
    if (hasFormat(schema)) {
      String format = FORMATS.get(schema.get("format").asText());
      if (format == null) {
        return rules.usual("uuid");
      }
      for (String part : List.of("date", "time")) {
        if (format.contains(part)) {
          rules.usual(part);
        }
      }
      return "\"\\\"\" " + format + " \"\\\"\"";
    }
    int least = count(schema, "minLength", 0, place);
    int most = count(schema, "maxLength", Repetition.FOR_EVER, place);
    if (least == 0 && most == Repetition.FOR_EVER) {
      return rules.usual("string");
    }
    String some = repetition.of(rules.usual("char"), least, most, place);
    return "\"\\\"\" " + some + " \"\\\"\"";
  }

  /// A count that the schema names.
  static int count(JsonNode schema, String key, int otherwise, Place place) {
    JsonNode value = schema.get(key);
    if (value == null) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
      throw new SchemaRefused(place, key + " must be a whole number that is not negative");
    }
    return value.intValue();
  }
}
