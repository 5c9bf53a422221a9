package dev.corral.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Requests of OpenAI's older calls in Ollama's shape, member by member as Ollama's own
/// compatibility layer reads them (`openai/openai.go` of 0.33.0): what it passes over is passed
/// over here. All of it throws [Unread] in Ollama's words.
public final class FromOpenAi {
  private static final List<String> PICTURES = List.of("jpeg", "jpg", "png", "webp");

  private FromOpenAi() {}

  /// `/v1/chat/completions` for `/api/chat`.
  public static ObjectNode chat(Fields ask) {
    List<Fields> messages = ask.objects("messages", "openai.Message");
    if (messages.isEmpty()) {
      throw new Unread("[] is too short - 'messages'");
    }
    ObjectNode chat = Trees.object().put("model", ask.text("model"));
    ArrayNode said = chat.putArray("messages");
    messages.forEach(message -> message(said, message, messages));
    ObjectNode options = chat.putObject("options");
    stop(options, ask.any("stop"), false);
    options(options, ask);
    put(options, "frequency_penalty", ask.real("frequency_penalty"));
    put(options, "presence_penalty", ask.real("presence_penalty"));
    Double topP = ask.real("top_p");
    options.put("top_p", topP == null ? 1.0 : topP);
    JsonNode format = format(ask.object("response_format", "openai.ResponseFormat"));
    if (format != null) {
      chat.set("format", format);
    }
    chat.put("stream", ask.flag("stream"));
    JsonNode tools = ask.any("tools");
    if (tools != null) {
      chat.set("tools", tools);
    }
    JsonNode choice = ask.any("tool_choice");
    if (choice != null) {
      chat.set("tool_choice", choice);
    }
    String effort =
        ask.has("reasoning")
            ? ask.object("reasoning", "openai.Reasoning").text("effort")
            : ask.text("reasoning_effort");
    think(chat, effort);
    Integer top = ask.number("top_logprobs");
    return chat.put("logprobs", ask.flag("logprobs"))
        .put("top_logprobs", top == null ? 0 : top)
        .put("_debug_render_only", ask.flag("_debug_render_only"));
  }

  /// `/v1/completions` for `/api/generate`.
  public static ObjectNode completion(Fields ask) {
    ObjectNode generate = Trees.object().put("model", ask.text("model"));
    generate.put("prompt", ask.text("prompt")).put("suffix", ask.text("suffix"));
    ObjectNode options = generate.putObject("options");
    stop(options, ask.any("stop"), true);
    options(options, ask);
    options.put("frequency_penalty", orZero(ask.real("frequency_penalty")));
    options.put("presence_penalty", orZero(ask.real("presence_penalty")));
    double topP = orZero(ask.real("top_p"));
    options.put("top_p", topP == 0 ? 1.0 : topP);
    Integer logprobs = ask.number("logprobs");
    int top = logprobs == null ? 0 : Math.max(logprobs, 0);
    return generate
        .put("stream", ask.flag("stream"))
        .put("logprobs", top > 0)
        .put("top_logprobs", top)
        .put("_debug_render_only", ask.flag("_debug_render_only"));
  }

  /// `/v1/embeddings` for `/api/embed`.
  public static ObjectNode embed(Fields ask) {
    String encoding = ask.text("encoding_format");
    if (!encoding.isEmpty()
        && !encoding.equalsIgnoreCase("float")
        && !encoding.equalsIgnoreCase("base64")) {
      throw new Unread(
          "Invalid value for 'encoding_format' = "
              + encoding
              + ". Supported values: ['float', 'base64'].");
    }
    JsonNode input = ask.any("input");
    if (input == null || (input.isArray() && input.isEmpty())) {
      throw new Unread("invalid input");
    }
    ObjectNode embed = Trees.object().put("model", ask.text("model"));
    if (input.isTextual() && input.textValue().isEmpty()) {
      embed.putArray("input").add("");
    } else {
      embed.set("input", input);
    }
    Integer dimensions = ask.number("dimensions");
    return embed.put("dimensions", dimensions == null ? 0 : dimensions);
  }

  private static void options(ObjectNode options, Fields ask) {
    Integer most = ask.number("max_tokens");
    if (most != null) {
      options.put("num_predict", most);
    }
    Double temperature = ask.real("temperature");
    options.put("temperature", temperature == null ? 1.0 : temperature);
    Integer seed = ask.number("seed");
    if (seed != null) {
      options.put("seed", seed);
    }
  }

  private static double orZero(@Nullable Double number) {
    return number == null ? 0 : number;
  }

  private static void put(ObjectNode to, String key, @Nullable Double number) {
    if (number != null) {
      to.put(key, number);
    }
  }

  /// @param strict refuses what is no text, instead of passing it over
  private static void stop(ObjectNode options, @Nullable JsonNode stop, boolean strict) {
    if (stop == null || !(stop.isTextual() || stop.isArray())) {
      return;
    }
    ArrayNode stops = options.putArray("stop");
    if (stop.isTextual()) {
      stops.add(stop);
      return;
    }
    for (JsonNode one : stop) {
      if (one.isTextual()) {
        stops.add(one);
      } else if (strict) {
        throw new Unread("invalid type for 'stop' field: " + goValue(one));
      }
    }
  }

  private static @Nullable JsonNode format(Fields wanted) {
    return switch (wanted.text("type").strip().toLowerCase(Locale.ROOT)) {
      case "json_object" -> Trees.object().textNode("json");
      case "json_schema" -> wanted.object("json_schema", "openai.JsonSchema").any("schema");
      default -> null;
    };
  }

  /// OpenAI's scale of effort, and what clients added to it, on Ollama's.
  static void think(ObjectNode chat, String effort) {
    switch (effort) {
      case "" -> {}
      case "none" -> chat.put("think", false);
      case "minimal" -> chat.put("think", "low");
      case "low", "medium", "high", "max" -> chat.put("think", effort);
      case "xhigh", "ultra" -> chat.put("think", "max");
      default ->
          throw new Unread(
              "invalid reasoning value: "
                  + GoTexts.quoted(effort)
                  + " (must be \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\", \"ultra\","
                  + " \"max\", or \"none\")");
    }
  }

  /// One message; of several parts each becomes a message of its own.
  private static void message(ArrayNode said, Fields message, List<Fields> all) {
    String role = message.text("role");
    JsonNode content = message.any("content");
    List<Fields> calls = message.objects("tool_calls", "openai.ToolCall");
    String tool = role.equalsIgnoreCase("tool") ? toolName(message, all) : "";
    ObjectNode last;
    if (content == null && message.has("tool_calls")) {
      last = said.addObject().put("role", role).put("content", "");
      put(last, "tool_call_id", message.text("tool_call_id"));
    } else if (content != null && content.isTextual()) {
      last = said.addObject().put("role", role).put("content", content.textValue());
      put(last, "tool_name", tool);
      put(last, "tool_call_id", message.text("tool_call_id"));
    } else if (content != null && content.isArray()) {
      content.forEach(part -> part(said.addObject().put("role", role), part));
      if (calls.isEmpty() || said.isEmpty()) {
        return;
      }
      last = (ObjectNode) said.get(said.size() - 1);
      put(last, "tool_name", tool);
      put(last, "tool_call_id", message.text("tool_call_id"));
    } else {
      throw new Unread("invalid message content type: " + goValue(content));
    }
    put(last, "thinking", message.text("reasoning"));
    if (!calls.isEmpty()) {
      last.set("tool_calls", calls(calls));
    }
  }

  private static ArrayNode calls(List<Fields> calls) {
    ArrayNode made = Trees.object().arrayNode();
    for (Fields call : calls) {
      Fields function = call.object("function", "struct { Name string; Arguments string }");
      ObjectNode one = made.addObject().put("id", call.text("id"));
      one.putObject("function")
          .put("name", function.text("name"))
          .set("arguments", arguments(function.text("arguments")));
    }
    return made;
  }

  static JsonNode arguments(String text) {
    try {
      JsonNode arguments = Trees.read(text);
      if (arguments.isObject() || arguments.isNull()) {
        return arguments;
      }
    } catch (JsonProcessingException e) {
      // told below
    }
    throw new Unread("invalid tool call arguments");
  }

  /// The name of the tool whose result a message is: told, or that of the last call with this id.
  private static String toolName(Fields message, List<Fields> all) {
    String id = message.text("tool_call_id");
    if (!message.text("name").isEmpty() || id.isEmpty()) {
      return message.text("name");
    }
    for (Fields other : all.reversed()) {
      for (Fields call : other.objects("tool_calls", "openai.ToolCall")) {
        if (call.text("id").equals(id)) {
          return call.object("function", "struct { Name string; Arguments string }").text("name");
        }
      }
    }
    return "";
  }

  private static void part(ObjectNode message, JsonNode part) {
    message.put("content", "");
    switch (part.path("type").asText("")) {
      case "text" -> message.put("content", text(part.path("text")));
      case "image_url" -> {
        JsonNode url = part.path("image_url");
        message.putArray("images").add(picture(text(url.isObject() ? url.path("url") : url)));
      }
      case "input_audio" -> {
        JsonNode data = part.path("input_audio").path("data");
        if (!data.isTextual()) {
          throw new Unread("invalid input_audio format: missing data");
        }
        message.putArray("images").add(data);
      }
      default -> throw new Unread("invalid message format");
    }
  }

  private static String text(JsonNode node) {
    if (!node.isTextual()) {
      throw new Unread("invalid message format");
    }
    return node.textValue();
  }

  /// The base64 text of a picture that lies in the request itself.
  static String picture(String url) {
    if (url.startsWith("http://") || url.startsWith("https://")) {
      throw new Unread(
          "image URLs are not currently supported, please use base64 encoded data instead");
    }
    String data = url.startsWith("data:;base64,") ? url.substring("data:;base64,".length()) : null;
    for (String type : PICTURES) {
      String prefix = "data:image/" + type + ";base64,";
      data = url.startsWith(prefix) ? url.substring(prefix.length()) : data;
    }
    try {
      if (data != null) {
        byte[] _ = Base64.getDecoder().decode(data);
        return data;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new Unread("invalid image input");
  }

  private static void put(ObjectNode to, String key, String text) {
    if (!text.isEmpty()) {
      to.put(key, text);
    }
  }

  /// How Go's `%T` names a value that was read from JSON.
  private static String goValue(@Nullable JsonNode value) {
    if (value == null) {
      return "<nil>";
    }
    return switch (value.getNodeType()) {
      case STRING -> "string";
      case NUMBER -> "float64";
      case BOOLEAN -> "bool";
      case ARRAY -> "[]interface {}";
      case OBJECT -> "map[string]interface {}";
      default -> "<nil>";
    };
  }
}
