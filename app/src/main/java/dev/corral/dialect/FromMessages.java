package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Requests of Anthropic's `/v1/messages` for `/api/chat`, as Ollama's own compatibility layer
/// reads them (`anthropic/anthropic.go` of 0.33.0). Its built-in search of the web is not had here:
/// that tool is passed over.
public final class FromMessages {
  private FromMessages() {}

  /// @throws Unread in Ollama's words
  public static ObjectNode chat(Fields ask) {
    requireModel(ask);
    Integer most = ask.number("max_tokens");
    if (most == null || most <= 0) {
      throw new Unread("max_tokens is required and must be positive");
    }
    ObjectNode chat = prompt(ask);
    options(chat.putObject("options").put("num_predict", most), ask);
    return chat.put("stream", ask.flag("stream"));
  }

  /// What of a request becomes the prompt: all that its tokens can be counted by.
  ///
  /// @throws Unread in Ollama's words
  public static ObjectNode prompt(Fields ask) {
    requireModel(ask);
    List<Fields> messages = ask.objects("messages", "anthropic.MessageParam");
    if (messages.isEmpty()) {
      throw new Unread("messages is required");
    }
    ObjectNode chat = Trees.object().put("model", ask.text("model"));
    ArrayNode said = chat.putArray("messages");
    String system = texts(ask.any("system"));
    if (!system.isEmpty()) {
      said.addObject().put("role", "system").put("content", system);
    }
    messages.forEach(message -> new Blocks(message).addTo(said));
    ArrayNode tools = Trees.object().arrayNode();
    ask.objects("tools", "anthropic.Tool").forEach(tool -> tool(tools, tool));
    if (!tools.isEmpty()) {
      chat.set("tools", tools);
    }
    choice(chat, ask.object("tool_choice", "anthropic.ToolChoice"));
    think(chat, ask);
    return chat;
  }

  private static void requireModel(Fields ask) {
    if (ask.text("model").isEmpty()) {
      throw new Unread("model is required");
    }
  }

  private static void options(ObjectNode options, Fields ask) {
    for (String key : List.of("temperature", "top_p")) {
      Double number = ask.real(key);
      if (number != null) {
        options.put(key, number);
      }
    }
    Integer topK = ask.number("top_k");
    if (topK != null) {
      options.put("top_k", topK);
    }
    List<String> stops = ask.texts("stop_sequences");
    if (!stops.isEmpty()) {
      ArrayNode array = options.putArray("stop");
      stops.forEach(array::add);
    }
  }

  private static void tool(ArrayNode tools, Fields tool) {
    if (tool.text("type").startsWith("web_search")) {
      return;
    }
    ObjectNode function = tools.addObject().put("type", "function").putObject("function");
    function.put("name", tool.text("name"));
    if (!tool.text("description").isEmpty()) {
      function.put("description", tool.text("description"));
    }
    JsonNode schema = tool.any("input_schema");
    function.set("parameters", schema == null ? Trees.object() : schema);
  }

  private static void choice(ObjectNode chat, Fields choice) {
    switch (choice.text("type")) {
      case "any" -> chat.put("tool_choice", "required");
      case "none" -> chat.put("tool_choice", "none");
      case "tool" ->
          chat.putObject("tool_choice").putObject("function").put("name", choice.text("name"));
      default -> {}
    }
  }

  private static void think(ObjectNode chat, Fields ask) {
    String wish = ask.object("thinking", "anthropic.ThinkingConfig").text("type");
    String effort =
        ask.object("output_config", "anthropic.OutputConfig")
            .text("effort")
            .strip()
            .toLowerCase(Locale.ROOT);
    switch (wish) {
      case "enabled" -> chat.put("think", true);
      case "disabled" -> chat.put("think", false);
      default -> {
        switch (effort) {
          case "high", "medium", "low", "max" -> chat.put("think", effort);
          case "xhigh" -> chat.put("think", "high");
          default -> {}
        }
      }
    }
  }

  /// The text of a string, or of an array's text blocks.
  static String texts(@Nullable JsonNode content) {
    if (content == null || content.isTextual()) {
      return content == null ? "" : content.textValue();
    }
    StringBuilder text = new StringBuilder();
    if (content.isArray()) {
      for (JsonNode block : content) {
        if (block.path("type").asText("").equals("text")) {
          text.append(block.path("text").asText(""));
        }
      }
    }
    return text.toString();
  }

  /// A guess at the prompt's tokens, before it is known: a quarter of the bytes, as Ollama's
  /// `message_start` tells it.
  public static int guess(Fields ask) {
    long bytes = size(ask.any("system"));
    List<Fields> messages = ask.objects("messages", "anthropic.MessageParam");
    for (Fields message : messages) {
      bytes += utf8(message.text("role")) + size(message.any("content"));
    }
    for (Fields tool : ask.objects("tools", "anthropic.Tool")) {
      JsonNode schema = tool.any("input_schema");
      bytes += utf8(tool.text("name")) + utf8(tool.text("description"));
      bytes += schema == null ? 0 : utf8(GoJson.text(schema));
    }
    boolean any = !messages.isEmpty() || ask.has("system");
    return (int) (bytes / 4 == 0 && any ? 1 : bytes / 4);
  }

  private static long size(@Nullable JsonNode content) {
    if (content == null) {
      return 0;
    }
    if (content.isTextual()) {
      return utf8(content.textValue());
    }
    long bytes = 0;
    for (JsonNode block : content) {
      String type = block.path("type").asText("");
      boolean whole = type.equals("tool_use") || type.equals("tool_result");
      bytes += utf8(block.path("text").asText("")) + utf8(block.path("thinking").asText(""));
      bytes += whole ? utf8(GoJson.text(block)) : 0;
    }
    return bytes;
  }

  private static long utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// The blocks of one message, sorted by what becomes of them.
  private static final class Blocks {
    private final String role;
    private final StringBuilder text = new StringBuilder();
    private final ArrayNode images = Trees.object().arrayNode();
    private final ArrayNode calls = Trees.object().arrayNode();
    private final ArrayNode results = Trees.object().arrayNode();
    private String thinking = "";

    Blocks(Fields message) {
      role = message.text("role").toLowerCase(Locale.ROOT);
      JsonNode content = message.any("content");
      if (content != null && content.isTextual()) {
        text.append(content.textValue());
      } else {
        message.objects("content", "anthropic.ContentBlock").forEach(this::take);
      }
    }

    private void take(Fields block) {
      switch (block.text("type")) {
        case "text" -> text.append(block.text("text"));
        case "image" -> images.add(picture(block.any("source")));
        case "tool_use", "server_tool_use" -> call(block);
        case "tool_result" -> result(block);
        case "web_search_tool_result" -> found(block);
        case "thinking" -> thinking = block.text("thinking");
        default -> {} // unknown blocks are passed over
      }
    }

    private void call(Fields block) {
      for (String key : List.of("id", "name")) {
        if (block.text(key).isEmpty() && block.text("type").equals("tool_use")) {
          throw new Unread("tool_use block missing required '" + key + "' field");
        }
      }
      JsonNode input = block.any("input");
      ObjectNode call = calls.addObject().put("id", block.text("id"));
      call.putObject("function")
          .put("name", block.text("name"))
          .set("arguments", input == null ? Trees.object() : input);
    }

    private void result(Fields block) {
      ObjectNode result = results.addObject().put("role", "tool");
      JsonNode content = block.any("content");
      result.put("content", texts(content));
      if (content != null && content.isArray()) {
        for (JsonNode one : content) {
          if (one.path("type").asText("").equals("image")) {
            result.withArray("images").add(picture(one.path("source")));
          }
        }
      }
      result.put("tool_call_id", block.text("tool_use_id"));
    }

    /// What an earlier search of the web found, as lines.
    private void found(Fields block) {
      StringBuilder lines = new StringBuilder();
      JsonNode content = block.any("content");
      if (content != null && content.isArray()) {
        for (JsonNode one : content) {
          lines.append("- ").append(one.path("title").asText("")).append(": ");
          lines.append(one.path("url").asText("")).append('\n');
        }
      } else if (content != null) {
        lines.append(content.isTextual() ? content.textValue() : GoJson.text(content));
      }
      results
          .addObject()
          .put("role", "tool")
          .put("content", lines.toString())
          .put("tool_call_id", block.text("tool_use_id"));
    }

    private static String picture(@Nullable JsonNode source) {
      if (source == null || !source.isObject()) {
        throw new Unread("invalid image source");
      }
      String type = source.path("type").asText("");
      if (!type.equals("base64")) {
        throw new Unread(
            "invalid image source type: " + type + ". Only base64 images are supported.");
      }
      return source.path("data").asText("");
    }

    /// The results of tools answer the message before, so they stand in front of what a user says.
    void addTo(ArrayNode said) {
      boolean first = role.equals("user") && !results.isEmpty();
      if (first) {
        said.addAll(results);
      }
      if (!text.isEmpty() || !images.isEmpty() || !calls.isEmpty() || !thinking.isEmpty()) {
        ObjectNode message = said.addObject().put("role", role).put("content", text.toString());
        if (!thinking.isEmpty()) {
          message.put("thinking", thinking);
        }
        if (!images.isEmpty()) {
          message.set("images", images);
        }
        if (!calls.isEmpty()) {
          message.set("tool_calls", calls);
        }
      }
      if (!first) {
        said.addAll(results);
      }
    }
  }
}
