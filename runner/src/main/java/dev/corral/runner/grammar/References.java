package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/// What `$ref` points to. Each target becomes one rule, made after the rule that asks for it, so
/// that chains of references need no stack.
final class References {
  private final JsonNode document;
  private final Rules rules;
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Deque<String> waiting = new ArrayDeque<>();

  /// Which targets a target begins with, before anything of its own is written.
  private final Map<String, Set<String>> begins = new HashMap<>();

  private String current = "";

  References(JsonNode document, Rules rules) {
    this.document = document;
    this.rules = rules;
  }

  /// The name of the rule for the target.
  String to(JsonNode ref, Place place, boolean first) {
    String pointer = pointer(ref, place);
    if (first) {
      begins.computeIfAbsent(current, _ -> new HashSet<>()).add(pointer);
    }
    String known = names.get(pointer);
    if (known != null) {
      return known;
    }
    find(pointer, place);
    String name = rules.reserve(pointer.substring(pointer.lastIndexOf('/') + 1));
    names.put(pointer, name);
    waiting.add(pointer);
    return name;
  }

  /// The schema that a `$ref` stands for; the schema itself where it has none.
  JsonNode resolve(JsonNode schema, Place place) {
    JsonNode found = schema;
    Place at = place;
    while (found.has("$ref")) {
      at = at.in("$ref");
      found = find(pointer(found.get("$ref"), at), at);
    }
    return found;
  }

  /// Makes the rules that were asked for, and those that they ask for.
  void eachWaiting(BiFunction<JsonNode, Place, String> body) {
    while (!waiting.isEmpty()) {
      current = waiting.remove();
      String name = names.getOrDefault(current, "");
      Place place = Place.root(current).named(name);
      rules.put(name, body.apply(find(current, place), place));
    }
    begins.keySet().forEach(pointer -> refuseCircle(pointer));
  }

  /// A rule that begins with itself has no end, and llama.cpp refuses it.
  private void refuseCircle(String from) {
    Deque<String> next = new ArrayDeque<>(begins.getOrDefault(from, Set.of()));
    Set<String> seen = new HashSet<>();
    while (!next.isEmpty()) {
      String pointer = next.remove();
      if (pointer.equals(from)) {
        throw new SchemaRefused("$ref " + from + " leads back to itself and to nothing else");
      }
      if (seen.add(pointer)) {
        next.addAll(begins.getOrDefault(pointer, Set.of()));
      }
    }
  }

  private static String pointer(JsonNode ref, Place place) {
    String text = ref.asText("");
    if (!text.equals("#") && !text.startsWith("#/")) {
      throw new SchemaRefused(
          place,
          "$ref can only point into the same document (#/$defs/NAME), not to '" + text + "'");
    }
    return text;
  }

  private JsonNode find(String pointer, Place place) {
    JsonNode found = document;
    String[] parts = pointer.split("/", -1);
    for (int i = 1; i < parts.length; i++) {
      String part = decode(parts[i]);
      JsonNode next =
          found.isArray() && part.matches("\\d{1,9}")
              ? found.get(Integer.parseInt(part))
              : found.get(part);
      if (next == null) {
        throw new SchemaRefused(place, "$ref " + pointer + " points to nothing");
      }
      found = next;
    }
    return found;
  }

  private static String decode(String part) {
    String plain = part;
    if (part.contains("%")) {
      try {
        plain = URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException notEncoded) {
        plain = part;
      }
    }
    return plain.replace("~1", "/").replace("~0", "~");
  }
}
