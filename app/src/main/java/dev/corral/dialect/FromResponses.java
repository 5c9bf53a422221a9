package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Requests of `/v1/responses` for `/api/chat`, as Ollama's own compatibility layer reads them
/// (`openai/responses.go` of 0.33.0). Its built-in search of the web is not had here: that tool is
/// passed over.
public final class FromResponses {
  private final ArrayNode messages = Trees.object().arrayNode();

  /// What the model thought before its next message.
  private String pending = "";

  private FromResponses() {}

  /// @throws Unread in Ollama's words
  public static ObjectNode chat(Fields ask) {
    FromResponses reading = new FromResponses();
    reading.read(ask);
    ObjectNode chat = Trees.object().put("model", ask.text("model"));
    chat.set("messages", reading.messages);
    ObjectNode options = chat.putObject("options");
    Double temperature = ask.real("temperature");
    options.put("temperature", temperature == null ? 1.0 : temperature);
    Double topP = ask.real("top_p");
    if (topP != null) {
      options.put("top_p", topP);
    }
    Integer most = ask.number("max_output_tokens");
    if (most != null) {
      options.put("num_predict", most);
    }
    FromOpenAi.think(chat, ask.object("reasoning", "openai.ResponsesReasoning").text("effort"));
    ArrayNode tools = Trees.object().arrayNode();
    ask.objects("tools", "openai.ResponsesTool").forEach(tool -> tools(tools, tool, ""));
    if (!tools.isEmpty()) {
      chat.set("tools", tools);
    }
    JsonNode choice = ask.any("tool_choice");
    if (choice != null && choice.isTextual()) {
      chat.set("tool_choice", choice);
    } else if (choice != null && choice.path("name").isTextual()) {
      chat.putObject("tool_choice").putObject("function").set("name", choice.path("name"));
    }
    Fields format =
        ask.object("text", "openai.ResponsesText").object("format", "openai.ResponsesTextFormat");
    JsonNode schema = format.any("schema");
    if (format.text("type").equals("json_schema") && schema != null) {
      chat.set("format", schema);
    }
    return chat.put("stream", ask.flag("stream"));
  }

  /// Tools of a namespace bear its name in front of theirs.
  private static void tools(ArrayNode to, Fields tool, String prefix) {
    String name = tool.text("name");
    String own = prefix.isEmpty() || name.startsWith(prefix) ? name : prefix + name;
    switch (tool.text("type")) {
      case "web_search" -> {}
      case "namespace" -> {
        String inner = own.isEmpty() ? "" : own + ".";
        tool.objects("tools", "openai.ResponsesTool").forEach(one -> tools(to, one, inner));
      }
      default -> {
        ObjectNode made = to.addObject().put("type", tool.text("type"));
        ObjectNode function = made.putObject("function").put("name", own);
        if (!tool.text("description").isEmpty()) {
          function.put("description", tool.text("description"));
        }
        JsonNode parameters = tool.any("parameters");
        function.set("parameters", parameters == null ? Trees.object() : parameters);
      }
    }
  }

  private void read(Fields ask) {
    if (!ask.text("instructions").isEmpty()) {
      say("system", ask.text("instructions"));
    }
    JsonNode input = ask.any("input");
    if (input != null && input.isTextual() && !input.textValue().isEmpty()) {
      say("user", input.textValue());
    } else if (input != null && !input.isTextual()) {
      List<Fields> items = items(ask, input);
      for (int i = 0; i < items.size(); i++) {
        item(i, items.get(i), i + 1 < items.size() ? items.get(i + 1) : null);
      }
    }
    if (!pending.isEmpty()) {
      say("assistant", "").put("thinking", pending);
    }
  }

  private static List<Fields> items(Fields ask, JsonNode input) {
    if (!input.isArray()) {
      throw new Unread(
          "input must be a string or array: json: cannot unmarshal "
              + Trees.goType(input)
              + " into Go value of type []json.RawMessage");
    }
    return ask.objects("input", "openai.ResponsesInputItem");
  }

  private ObjectNode say(String role, String content) {
    return messages.addObject().put("role", role).put("content", content);
  }

  private void item(int index, Fields item, @Nullable Fields next) {
    String type = item.text("type");
    if (type.isEmpty() && !item.text("role").isEmpty()) {
      type = "message";
    }
    switch (type) {
      case "message" -> message(index, item, next);
      case "function_call" -> call(item);
      case "function_call_output" -> {
        ObjectNode result = say("tool", "");
        content(result, item.any("output"), "input[" + index + "]: output");
        result.put("tool_call_id", item.text("call_id"));
      }
      case "reasoning" -> pending = item.text("encrypted_content");
      case "web_search_call" -> {}
      case "" -> throw new Unread("input[" + index + "]: input item missing required 'type' field");
      default ->
          throw new Unread(
              "input[" + index + "]: unknown input item type: " + GoTexts.quoted(type));
    }
  }

  private void message(int index, Fields item, @Nullable Fields next) {
    ObjectNode message = Trees.object().put("role", item.text("role")).put("content", "");
    content(message, item.any("content"), "input[" + index + "]: content");
    boolean assistant = item.text("role").equals("assistant");
    if (assistant && !pending.isEmpty()) {
      message.put("thinking", pending);
      pending = "";
    }
    if (assistant && next != null && next.text("type").equals("function_call_output")) {
      ObjectNode caller = caller(next.text("call_id"));
      if (caller != null) {
        join(caller, message);
        return;
      }
    }
    messages.add(message);
  }

  /// The last message, where it made this call: what is said between a call and its result belongs
  /// to the message of the call.
  private @Nullable ObjectNode caller(String id) {
    ObjectNode last = last();
    if (last != null && !id.isEmpty()) {
      for (JsonNode call : last.path("tool_calls")) {
        if (call.path("id").asText("").equals(id)) {
          return last;
        }
      }
    }
    return null;
  }

  private static void join(ObjectNode to, ObjectNode message) {
    String before = to.path("content").asText("");
    String more = message.path("content").asText("");
    to.put("content", before + (before.isEmpty() || more.isEmpty() ? "" : "\n") + more);
    if (message.has("thinking")) {
      to.set("thinking", message.get("thinking"));
    }
    if (message.has("images")) {
      to.withArray("images").addAll((ArrayNode) message.get("images"));
    }
  }

  private @Nullable ObjectNode last() {
    return messages.isEmpty() ? null : (ObjectNode) messages.get(messages.size() - 1);
  }

  private void call(Fields item) {
    ObjectNode last = last();
    ObjectNode message =
        last != null && last.path("role").asText("").equals("assistant")
            ? last
            : say("assistant", "");
    if (!pending.isEmpty()) {
      message.put("thinking", pending);
      pending = "";
    }
    ObjectNode call = message.withArray("tool_calls").addObject().put("id", item.text("call_id"));
    String arguments = item.text("arguments");
    call.putObject("function")
        .put("name", item.text("name"))
        .set("arguments", arguments.isEmpty() ? Trees.object() : FromOpenAi.arguments(arguments));
  }

  private static void content(ObjectNode message, @Nullable JsonNode content, String where) {
    if (content == null) {
      return;
    }
    if (content.isTextual()) {
      message.put("content", content.textValue());
      return;
    }
    if (!content.isArray()) {
      throw new Unread(where + " must be a string or array");
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < content.size(); i++) {
      JsonNode part = content.get(i);
      switch (part.path("type").asText("")) {
        case "input_text", "output_text" -> text.append(part.path("text").asText(""));
        case "input_image" -> {
          String url = part.path("image_url").asText("");
          if (!url.isEmpty()) {
            message.withArray("images").add(FromOpenAi.picture(url));
          }
        }
        case "input_file" -> throw new Unread("file inputs are not currently supported");
        default ->
            throw new Unread(
                where + "[" + i + "]: unknown content type: " + part.path("type").asText(""));
      }
    }
    message.put("content", text.toString());
  }
}
