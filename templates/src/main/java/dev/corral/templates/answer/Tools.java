package dev.corral.templates.answer;

import dev.corral.templates.Json;
import dev.corral.templates.JsonReader;
import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The tools that a model was told of: which names there are, and of which type an argument is.
final class Tools {
  private static final List<String> CHOICES = List.of("anyOf", "oneOf");

  private final Map<String, Json.Fields> properties = new HashMap<>();

  Tools(List<Json> tools) {
    for (Json tool : tools) {
      Json.Fields function = fields(fields(tool).find("function").orElse(tool));
      Json.Fields parameters = fields(function.find("parameters").orElse(Json.NULL));
      function
          .findText("name")
          .ifPresent(name ->
              properties.put(
                  name.toString(), fields(parameters.find("properties").orElse(Json.NULL))));
    }
  }

  boolean isEmpty() {
    return properties.isEmpty();
  }

  boolean has(String name) {
    return properties.containsKey(name);
  }

  /// An argument that was written without quotes, as JSON. Its type decides, in Ollama's order;
  /// where none is known it is text. Numbers stay as they were written.
  String argument(String tool, String name, String written) {
    return argument(types(tool, name), written);
  }

  static String argument(Set<String> types, String written) {
    String word = written.strip().toLowerCase(Locale.ROOT);
    if (word.equals("null")) {
      return "null";
    }
    if (types.contains("boolean") && (word.equals("true") || word.equals("false"))) {
      return word;
    }
    if (is(types, written)) {
      return written.strip();
    }
    if (word.isEmpty() && types.equals(Set.of("array"))) {
      return "[]";
    }
    if (word.isEmpty() && types.equals(Set.of("object"))) {
      return "{}";
    }
    boolean nested = types.contains("array") || types.contains("object");
    String value = nested ? LooseValues.python(written).orElse("") : "";
    return is(types, value) ? value : JsonSlices.quote(written);
  }

  private static boolean is(Set<String> types, String written) {
    if (types.isEmpty()) {
      return false;
    }
    try {
      return switch (JsonReader.read(written, true)) {
        case Json.Whole _ -> types.contains("integer") || types.contains("number");
        case Json.Real _ -> types.contains("number");
        case Json.Items _ -> types.contains("array");
        case Json.Fields _ -> types.contains("object");
        case Json.Text _, Json.Bool _, Json.Null _ -> false;
      };
    } catch (TemplateFailure _) {
      return false;
    }
  }

  private Set<String> types(String tool, String name) {
    Json.Fields schema =
        fields(properties.getOrDefault(tool, Json.Fields.NONE).find(name).orElse(Json.NULL));
    Set<String> types = new HashSet<>();
    collect(schema, types);
    for (String choice : CHOICES) {
      if (schema.find(choice).orElse(Json.NULL) instanceof Json.Items(List<Json> several)) {
        several.forEach(one -> collect(fields(one), types));
      }
    }
    return types;
  }

  private static void collect(Json.Fields schema, Set<String> types) {
    switch (schema.find("type").orElse(Json.NULL)) {
      case Json.Text(MarkedText type) -> types.add(type.toString());
      case Json.Items(List<Json> several) ->
          several.forEach(one -> {
            if (one instanceof Json.Text(MarkedText type)) {
              types.add(type.toString());
            }
          });
      default -> {}
    }
  }

  private static Json.Fields fields(Json json) {
    return json instanceof Json.Fields fields ? fields : Json.Fields.NONE;
  }
}
