package dev.corral.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Where an answer differs from a recorded one, as names that a person can write into a table:
/// `status 421`, `header cache-control`, the members of its JSON by their path (`models.details`,
/// without places in lists), `order of models`, and lines that only one of them has.
final class Unlike {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Set<String> places = new TreeSet<>();

  private Unlike() {}

  static Set<String> places(Face seen, Face recorded) {
    Unlike unlike = new Unlike();
    if (seen.status() != recorded.status()) {
      unlike.places.add("status " + seen.status());
      return unlike.places;
    }
    unlike.headers(seen.headers(), recorded.headers());
    unlike.lines(seen.text().lines().toList(), recorded.text().lines().toList());
    return unlike.places;
  }

  /// Whether the answer differs in all that is described, and in nothing else.
  ///
  /// @param described places as above, where `+ ` and `- ` go before a part of a line; in double
  ///   quotes, words that the answer has
  static boolean asDescribed(Face seen, Face recorded, Set<String> described) {
    Set<String> places = places(seen, recorded);
    Set<String> told = new TreeSet<>(described);
    List<String> words = described.stream().filter(one -> one.startsWith("\"")).toList();
    told.removeAll(words);
    return words.stream().allMatch(one -> seen.text().contains(one.substring(1, one.length() - 1)))
        && places.stream().allMatch(place -> told.stream().anyMatch(one -> covers(one, place)))
        && told.stream().allMatch(one -> places.stream().anyMatch(place -> covers(one, place)));
  }

  private static boolean covers(String described, String place) {
    boolean line = described.startsWith("+ ") || described.startsWith("- ");
    return line
        ? place.startsWith(described.substring(0, 2)) && place.contains(described.substring(2))
        : place.equals(described);
  }

  private void headers(Map<String, String> seen, Map<String, String> recorded) {
    Set<String> names = new TreeSet<>(seen.keySet());
    names.addAll(recorded.keySet());
    names.stream()
        .filter(name -> !recorded.getOrDefault(name, "").equals(seen.getOrDefault(name, "")))
        .forEach(name -> places.add("header " + name));
  }

  private void lines(List<String> seen, List<String> recorded) {
    if (seen.size() == recorded.size()) {
      for (int i = 0; i < seen.size(); i++) {
        values("", json(seen.get(i)), json(recorded.get(i)));
      }
      return;
    }
    List<String> more = new ArrayList<>(seen);
    recorded.forEach(more::remove);
    List<String> fewer = new ArrayList<>(recorded);
    seen.forEach(fewer::remove);
    more.forEach(line -> places.add("+ " + line));
    fewer.forEach(line -> places.add("- " + line));
  }

  /// An event's data too; what is no JSON is its own text.
  private static JsonNode json(String line) {
    try {
      return JSON.readTree(line.startsWith("data: ") ? line.substring("data: ".length()) : line);
    } catch (JsonProcessingException none) {
      return JSON.getNodeFactory().textNode(line);
    }
  }

  private void values(String path, JsonNode seen, JsonNode recorded) {
    if (seen.equals(recorded)) {
      return;
    }
    if (seen.isObject() && recorded.isObject()) {
      Set<String> names = new LinkedHashSet<>();
      seen.fieldNames().forEachRemaining(names::add);
      recorded.fieldNames().forEachRemaining(names::add);
      names.forEach(name -> values(path + "." + name, member(seen, name), member(recorded, name)));
    } else if (seen.isArray() && recorded.isArray() && seen.size() == recorded.size()) {
      elements(path, seen, recorded);
    } else {
      places.add(path.isEmpty() ? "text" : path.substring(1));
    }
  }

  private static JsonNode member(JsonNode of, String name) {
    return of.has(name) ? of.get(name) : MissingNode.getInstance();
  }

  private void elements(String path, JsonNode seen, JsonNode recorded) {
    Map<String, JsonNode> mine = named(seen);
    Map<String, JsonNode> theirs = named(recorded);
    if (mine.size() == seen.size() && mine.keySet().equals(theirs.keySet())) {
      if (!names(seen).equals(names(recorded))) {
        places.add("order of " + path.substring(1));
      }
      mine.forEach((name, element) -> values(path, element, theirs.get(name)));
      return;
    }
    for (int i = 0; i < seen.size(); i++) {
      values(path, seen.get(i), recorded.get(i));
    }
  }

  private static Map<String, JsonNode> named(JsonNode list) {
    Map<String, JsonNode> named = new TreeMap<>();
    list.forEach(one -> named.put(name(one), one));
    return named;
  }

  private static List<String> names(JsonNode list) {
    return list.valueStream().map(Unlike::name).toList();
  }

  private static String name(JsonNode one) {
    return one.path("name").asText(one.path("id").asText());
  }
}
