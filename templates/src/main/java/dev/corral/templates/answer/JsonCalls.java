package dev.corral.templates.answer;

import dev.corral.templates.answer.Unit.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads calls whose arguments are JSON.
final class JsonCalls {
  private static final List<String> NAMES = List.of("name", "tool_name", "function_name");
  private static final List<String> ARGUMENTS = List.of("arguments", "parameters", "args", "input");
  private static final int MAX_DEPTH = 4; // of lists and wrappers around calls

  private JsonCalls() {}

  /// An object with a name and arguments, or a list of such.
  static Unit.Reading whole() {
    return (text, tools) -> JsonSlices.valid(text) ? calls(text.strip(), tools, 0) : List.of();
  }

  /// A header that tells the name, then the arguments.
  ///
  /// @param header matches it whole; its group `name` is the name
  static Unit.Reading named(Pattern header) {
    return (text, _) -> {
      int brace = text.indexOf('{');
      Matcher matcher = header.matcher(brace < 0 ? "" : text.substring(0, brace));
      return matcher.matches() ? one(matcher.group("name"), text.substring(brace)) : List.of();
    };
  }

  /// The arguments of a call whose name was told before.
  static Unit.Reading of(String name) {
    return (text, _) -> one(name, text);
  }

  private static List<Call> one(String name, String arguments) {
    return JsonSlices.valid(arguments) && arguments.stripLeading().startsWith("{")
        ? List.of(new Call(name, arguments.strip()))
        : List.of();
  }

  private static List<Call> calls(String json, Tools tools, int depth) {
    if (depth > MAX_DEPTH) {
      return List.of();
    }
    if (json.startsWith("{")) {
      return object(json, tools, depth);
    }
    List<Call> calls = new ArrayList<>();
    for (String item : json.startsWith("[") ? JsonSlices.items(json) : List.<String>of()) {
      List<Call> some = calls(item, tools, depth + 1);
      if (some.isEmpty()) {
        return List.of();
      }
      calls.addAll(some);
    }
    return calls;
  }

  private static List<Call> object(String json, Tools tools, int depth) {
    Map<String, String> fields = JsonSlices.fields(json);
    String inner = fields.getOrDefault("tool_calls", fields.getOrDefault("function", ""));
    if (inner.startsWith("[") || inner.startsWith("{")) {
      return calls(inner, tools, depth + 1);
    }
    Optional<String> name = name(fields);
    if (name.isPresent()) {
      return arguments(fields).map(found -> new Call(name.get(), found)).stream().toList();
    }
    Map.Entry<String, String> only =
        fields.size() == 1 ? fields.entrySet().iterator().next() : null;
    return only != null && tools.has(only.getKey()) && only.getValue().startsWith("{")
        ? List.of(new Call(only.getKey(), only.getValue()))
        : List.of();
  }

  private static Optional<String> name(Map<String, String> fields) {
    for (String key : NAMES) {
      if (fields.containsKey(key)) {
        return JsonSlices.text(fields.getOrDefault(key, "")).filter(name -> !name.isBlank());
      }
    }
    return JsonSlices.text(fields.getOrDefault("function", "null"));
  }

  /// None is no arguments; text is read once more, because some models quote them.
  private static Optional<String> arguments(Map<String, String> fields) {
    String found = "{}";
    for (String key : ARGUMENTS) {
      found = fields.getOrDefault(key, found);
    }
    String plain = found.startsWith("\"") ? JsonSlices.text(found).orElse("").strip() : found;
    if (plain.isEmpty() || plain.equals("null")) {
      return Optional.of("{}");
    }
    return Optional.of(plain).filter(json -> json.startsWith("{") && JsonSlices.valid(json));
  }
}
