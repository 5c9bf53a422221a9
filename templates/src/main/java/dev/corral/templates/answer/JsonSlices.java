package dev.corral.templates.answer;

import dev.corral.templates.Json;
import dev.corral.templates.JsonReader;
import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The entries of a JSON value as the slices of text that they are, so that a number or an escape
/// comes out as it went in. Only for text that [JsonReader] has read without complaint.
final class JsonSlices {
  private final String json;
  private int at;

  private JsonSlices(String json) {
    this.json = json;
  }

  /// True where the text is one JSON value.
  static boolean valid(String text) {
    try {
      JsonReader.read(text, true);
      return true;
    } catch (TemplateFailure _) {
      return false;
    }
  }

  /// The values of an object by name; of a name that stands twice the last.
  static Map<String, String> fields(String object) {
    JsonSlices slices = new JsonSlices(object);
    Map<String, String> fields = new LinkedHashMap<>();
    slices.blank();
    slices.at++;
    for (slices.blank(); slices.peek() == '"'; slices.comma()) {
      String name = text(slices.value()).orElse("");
      slices.blank();
      slices.at++; // the colon
      fields.put(name, slices.value());
    }
    return fields;
  }

  static List<String> items(String array) {
    JsonSlices slices = new JsonSlices(array);
    List<String> items = new ArrayList<>();
    slices.blank();
    slices.at++;
    for (slices.blank(); slices.peek() != ']'; slices.comma()) {
      items.add(slices.value());
    }
    return items;
  }

  /// What a JSON string says; empty where the value is no string.
  static Optional<String> text(String value) {
    return JsonReader.read(value, true) instanceof Json.Text(MarkedText text)
        ? Optional.of(text.toString())
        : Optional.empty();
  }

  /// Text as a JSON string.
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (c < ' ') {
            quoted.append(String.format("\\u%04x", (int) c));
          } else {
            quoted.append(c);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  /// An object of values that are JSON already.
  static String object(Map<String, String> fields) {
    StringBuilder object = new StringBuilder("{");
    fields.forEach((name, value) ->
        object
            .append(object.length() > 1 ? "," : "")
            .append(quote(name))
            .append(':')
            .append(value));
    return object.append('}').toString();
  }

  private String value() {
    blank();
    int start = at;
    int depth = 0;
    do {
      char c = json.charAt(at++);
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      }
    } while (depth > 0 || (at < json.length() && !ends(json.charAt(at - 1), peek())));
    return json.substring(start, at);
  }

  /// True where a value that nests no deeper is over: behind a bracket or a string, or before what
  /// can only stand between values.
  private static boolean ends(char before, char next) {
    return before == '"'
        || before == '}'
        || before == ']'
        || next == ','
        || next == '}'
        || next == ']'
        || next == ':'
        || Character.isWhitespace(next);
  }

  private void string() {
    while (json.charAt(at) != '"') {
      at += json.charAt(at) == '\\' ? 2 : 1;
    }
    at++;
  }

  private void comma() {
    blank();
    if (peek() == ',') {
      at++;
    }
    blank();
  }

  private void blank() {
    while (at < json.length() && Character.isWhitespace(json.charAt(at))) {
      at++;
    }
  }

  private char peek() {
    return at < json.length() ? json.charAt(at) : '\0';
  }
}
