package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/// Tool calls of one answer. OpenAI's API may tell them in fragments, with the arguments as text;
/// Ollama tells each once, with the arguments as an object.
final class ToolCalls {
  private static final class Call {
    private String id = "";
    private String name = "";
    private final StringBuilder arguments = new StringBuilder();
  }

  private final Map<Integer, Call> calls = new TreeMap<>();

  /// Adds fragments, or whole calls.
  void add(JsonNode fragments) {
    for (JsonNode fragment : fragments) {
      Call call = calls.computeIfAbsent(index(fragment), _ -> new Call());
      JsonNode function = fragment.path("function");
      call.id = first(call.id, Trees.text(fragment.path("id")));
      call.name = first(call.name, Trees.text(function.path("name")));
      JsonNode arguments = function.path("arguments");
      call.arguments.append(arguments.isObject() ? arguments.toString() : Trees.text(arguments));
    }
  }

  /// Whole calls come without an index, and so do the fragments of some servers: then an id that is
  /// new, or none, begins another call.
  private int index(JsonNode fragment) {
    if (fragment.path("index").isInt()) {
      return fragment.path("index").intValue();
    }
    String id = Trees.text(fragment.path("id"));
    for (Map.Entry<Integer, Call> known : calls.entrySet()) {
      if (!id.isEmpty() && known.getValue().id.equals(id)) {
        return known.getKey();
      }
    }
    return calls.size();
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /// The calls in Ollama's shape. Arguments that are no JSON object stay out of the list: such a
  /// call cannot be made, and [#garbled] has its text.
  ArrayNode told() {
    ArrayNode told = Trees.object().putArray("tool_calls");
    for (Call call : calls.values()) {
      JsonNode arguments = arguments(call);
      if (arguments.isObject()) {
        ObjectNode entry = told.addObject();
        if (!call.id.isEmpty()) {
          entry.put("id", call.id);
        }
        entry
            .putObject("function")
            .put("index", told.size() - 1)
            .put("name", call.name)
            .set("arguments", arguments);
      }
    }
    return told;
  }

  /// What the model wrote where it meant to call and failed; empty for none. Ollama passes such
  /// text on as content.
  String garbled() {
    StringBuilder text = new StringBuilder();
    for (Call call : calls.values()) {
      if (!arguments(call).isObject()) {
        text.append(call.name).append('(').append(call.arguments).append(')');
      }
    }
    return text.toString();
  }

  private static JsonNode arguments(Call call) {
    String text = call.arguments.toString();
    try {
      return text.isBlank() ? Trees.object() : Trees.read(text);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static String first(String known, String told) {
    return known.isEmpty() ? told : known;
  }
}
