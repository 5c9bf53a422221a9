package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// Schemas that a value must fit all at once, as one schema.
final class Merge {
  private final References references;
  private final Rules rules;

  Merge(References references, Rules rules) {
    this.references = references;
    this.rules = rules;
  }

  /// A schema with its `allOf` worked in.
  JsonNode all(JsonNode schema, Place place) {
    JsonNode parts = schema.get("allOf");
    if (!parts.isArray() || parts.isEmpty()) {
      throw new SchemaRefused(place.in("allOf"), "must be a list of schemas, and not empty");
    }
    ObjectNode merged = without(schema, "allOf");
    for (int i = 0; i < parts.size(); i++) {
      Place at = place.in("allOf").in(String.valueOf(i));
      merged = both(merged, part(parts.get(i), at), at);
    }
    return merged;
  }

  /// One choice of a schema, together with what stands beside the choices.
  JsonNode with(JsonNode schema, String either, JsonNode choice, Place place) {
    ObjectNode beside = without(schema, either);
    return both(beside, part(choice, place), place);
  }

  private JsonNode part(JsonNode schema, Place place) {
    JsonNode found = references.resolve(schema, place);
    if (found.isBoolean() && found.booleanValue()) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (!found.isObject()) {
      throw new SchemaRefused(place, "a schema must be an object");
    }
    return found.has("allOf") ? all(found, place) : found;
  }

  private static ObjectNode without(JsonNode schema, String key) {
    ObjectNode rest = JsonNodeFactory.instance.objectNode();
    rest.setAll((ObjectNode) schema);
    rest.remove(key);
    return rest;
  }

  private ObjectNode both(ObjectNode one, JsonNode other, Place place) {
    rules.work(1 + one.size() + one.path("properties").size() + one.path("required").size());
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    merged.setAll(one);
    for (Map.Entry<String, JsonNode> field : other.properties()) {
      String key = field.getKey();
      JsonNode here = merged.get(key);
      JsonNode there = field.getValue();
      merged.set(key, here == null || here.equals(there) ? there : joined(key, here, there, place));
    }
    return merged;
  }

  private static JsonNode joined(String key, JsonNode here, JsonNode there, Place place) {
    return switch (key) {
      case "properties" -> properties(here, there, place);
      case "required" -> union(here, there);
      case "enum", "type" -> common(key, here, there, place);
      case "minimum", "exclusiveMinimum", "minLength", "minItems" ->
          here.asDouble() > there.asDouble() ? here : there;
      case "maximum", "exclusiveMaximum", "maxLength", "maxItems" ->
          here.asDouble() < there.asDouble() ? here : there;
      case "additionalProperties" -> here.isBoolean() && !here.booleanValue() ? here : there;
      case "anyOf", "oneOf", "const" ->
          throw new SchemaRefused(place, "two different '" + key + "' cannot hold at once");
      default -> there;
    };
  }

  private static JsonNode properties(JsonNode here, JsonNode there, Place place) {
    if (!here.isObject() || !there.isObject()) {
      throw new SchemaRefused(place.in("properties"), "must be an object");
    }
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    merged.setAll((ObjectNode) here);
    for (Map.Entry<String, JsonNode> field : there.properties()) {
      JsonNode known = merged.get(field.getKey());
      ArrayNode both = JsonNodeFactory.instance.arrayNode().add(known).add(field.getValue());
      merged.set(
          field.getKey(),
          known == null || known.equals(field.getValue())
              ? field.getValue()
              : JsonNodeFactory.instance.objectNode().set("allOf", both));
    }
    return merged;
  }

  private static JsonNode union(JsonNode here, JsonNode there) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    here.forEach(all::add);
    there.forEach(all::add);
    return all;
  }

  /// The values that both lists allow; a `type` may stand without its list, and a whole number is a
  /// number.
  private static JsonNode common(String key, JsonNode here, JsonNode there, Place place) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (JsonNode one : list(here)) {
      for (JsonNode other : list(there)) {
        if (one.equals(other) || (isNumber(other) && isInteger(one))) {
          all.add(one);
        } else if (isNumber(one) && isInteger(other)) {
          all.add(other);
        }
      }
    }
    if (all.isEmpty()) {
      throw new SchemaRefused(place, "no value fits both '" + key + "'");
    }
    return key.equals("type") && all.size() == 1 ? all.get(0) : all;
  }

  private static boolean isNumber(JsonNode type) {
    return type.asText().equals("number");
  }

  private static boolean isInteger(JsonNode type) {
    return type.asText().equals("integer");
  }

  private static JsonNode list(JsonNode value) {
    return value.isArray() ? value : JsonNodeFactory.instance.arrayNode().add(value);
  }
}
