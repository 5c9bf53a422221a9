package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/// Messages of `/api/chat` as OpenAI's API wants them: pictures and sounds as parts, tool calls
/// with an id and their arguments as text, each tool's result bound to its call. Earlier thinking
/// is left out: servers disagree about its key, and templates drop it.
final class OpenAiMessages {
  /// A call that was made and has no result yet.
  private record Open(String id, String name) {}

  private final ArrayNode told = Trees.object().putArray("messages");
  private final List<Open> open = new ArrayList<>();
  private int made;

  private OpenAiMessages() {}

  static ArrayNode of(JsonNode messages) {
    OpenAiMessages all = new OpenAiMessages();
    messages.forEach(all::add);
    return all.told;
  }

  private void add(JsonNode message) {
    String role = Trees.text(message.path("role")).toLowerCase(Locale.ROOT);
    ObjectNode one = told.addObject().put("role", role);
    content(one, Trees.text(message.path("content")), message.path("images"));
    JsonNode calls = message.path("tool_calls");
    if (!calls.isEmpty()) {
      ArrayNode list = one.putArray("tool_calls");
      calls.forEach(call -> call(call, list.addObject()));
    }
    if (role.equals("tool")) {
      one.put("tool_call_id", answered(message));
    }
  }

  private void call(JsonNode call, ObjectNode to) {
    made++;
    String id = Trees.text(call.path("id"));
    JsonNode function = call.path("function");
    Open opened = new Open(id.isEmpty() ? "call_" + made : id, Trees.text(function.path("name")));
    open.add(opened);
    JsonNode arguments = function.path("arguments");
    to.put("id", opened.id()).put("type", "function");
    to.putObject("function")
        .put("name", opened.name())
        .put("arguments", arguments.isTextual() ? arguments.textValue() : objectText(arguments));
  }

  private static String objectText(JsonNode arguments) {
    return arguments.isObject() ? arguments.toString() : "{}";
  }

  /// Which call a tool's result belongs to: the one it names, else the first open one of that tool,
  /// else the first open one.
  private String answered(JsonNode message) {
    String id = Trees.text(message.path("tool_call_id"));
    String name = Trees.text(message.path("tool_name"));
    Open found = null;
    for (Open one : open) {
      if (id.isEmpty() ? name.isEmpty() || one.name().equals(name) : one.id().equals(id)) {
        found = one;
        break;
      }
    }
    if (found == null && id.isEmpty() && !open.isEmpty()) {
      found = open.getFirst();
    }
    if (found == null) {
      return id.isEmpty() ? "call_0" : id;
    }
    open.remove(found);
    return found.id();
  }

  /// Text alone stays text; with pictures it becomes a list of parts.
  static void content(ObjectNode message, String text, JsonNode images) {
    if (images.isEmpty()) {
      message.put("content", text);
      return;
    }
    ArrayNode parts = message.putArray("content");
    if (!text.isEmpty()) {
      parts.addObject().put("type", "text").put("text", text);
    }
    for (JsonNode image : images) {
      part(parts.addObject(), Trees.text(image));
    }
  }

  private static void part(ObjectNode part, String base64) {
    String kind = kind(base64);
    if (kind.equals("wav") || kind.equals("mp3")) {
      part.put("type", "input_audio")
          .putObject("input_audio")
          .put("data", base64)
          .put("format", kind);
    } else {
      part.put("type", "image_url")
          .putObject("image_url")
          .put("url", "data:image/" + kind + ";base64," + base64);
    }
  }

  /// By the first bytes, as Ollama tells pictures and sounds apart.
  private static String kind(String base64) {
    byte[] start;
    try {
      start =
          Base64.getDecoder().decode(base64.substring(0, Math.min(16, base64.length() / 4 * 4)));
    } catch (IllegalArgumentException e) {
      return "jpeg";
    }
    String text = new String(start, ISO_8859_1);
    if (text.startsWith("RIFF")) {
      return text.startsWith("WAVE", 8) ? "wav" : "webp";
    }
    if (text.startsWith("\u0089PNG")) {
      return "png";
    }
    if (text.startsWith("GIF8")) {
      return "gif";
    }
    boolean mpeg = text.length() > 1 && text.charAt(0) == 0xFF && (text.charAt(1) & 0xE0) == 0xE0;
    return text.startsWith("ID3") || mpeg ? "mp3" : "jpeg";
  }
}
