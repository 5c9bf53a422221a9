package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.templates.ChatInput;
import dev.corral.templates.Json;
import dev.corral.templates.MarkedText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The part of a chat that the template sees.
///
/// @param tools none where `tool_choice` is `none`
/// @param variables the caller's own (`chat_template_kwargs`)
record ChatRequest(
    List<Json.Fields> messages,
    List<Json> tools,
    @Nullable Json think,
    boolean opensAnswer,
    Map<String, Json> variables) {
  static ChatRequest of(Fields fields) {
    JsonNode given = fields.find("messages");
    if (given == null) {
      throw Refusal.invalid("'messages' is required");
    }
    if (fields.whole(1, 1, "n") != 1) {
      throw Refusal.invalid("One answer for each request, please: 'n' must be 1");
    }
    List<Json.Fields> messages = new ArrayList<>();
    for (JsonNode message : Fields.list(given, "messages")) {
      if (!(json(message) instanceof Json.Fields one)) {
        throw Fields.wrong("messages", "must hold objects with role and content");
      }
      refuseImages(message);
      messages.add(one);
    }
    Json effort = fields.has("reasoning_effort") ? json(fields.find("reasoning_effort")) : null;
    return new ChatRequest(
        messages,
        tools(fields),
        effort,
        fields.flag(true, "add_generation_prompt"),
        variables(fields));
  }

  private static void refuseImages(JsonNode message) {
    for (JsonNode part : message.path("content")) {
      String type = part.path("type").asText("text");
      if (message.path("content").isArray() && !type.equals("text")) {
        throw Refusal.invalid(
            "This model reads text only; a message holds a part of the type '" + type + "'");
      }
    }
  }

  private static List<Json> tools(Fields fields) {
    JsonNode tools = fields.find("tools");
    JsonNode choice = fields.find("tool_choice");
    boolean none = choice != null && choice.asText().equals("none");
    List<Json> all = new ArrayList<>();
    if (tools != null && !none) {
      Fields.list(tools, "tools").forEach(tool -> all.add(json(tool)));
    }
    return all;
  }

  private static Map<String, Json> variables(Fields fields) {
    Map<String, Json> variables = new LinkedHashMap<>();
    JsonNode given = fields.find("chat_template_kwargs");
    if (given != null) {
      given.properties().forEach(field -> variables.put(field.getKey(), json(field.getValue())));
    }
    return variables;
  }

  ChatInput input(Map<String, Json> ofModel) {
    Map<String, Json> all = new LinkedHashMap<>(ofModel);
    all.putAll(variables);
    return new ChatInput(
        messages, tools, think, opensAnswer, MarkedText.EMPTY, MarkedText.EMPTY, all);
  }

  /// All text in it counts as the user's.
  private static Json json(@Nullable JsonNode node) {
    return switch (node) {
      case null -> Json.NULL;
      case JsonNode text when text.isTextual() -> Json.user(text.textValue());
      case JsonNode truth when truth.isBoolean() -> Json.of(truth.booleanValue());
      case JsonNode whole when whole.isIntegralNumber() -> new Json.Whole(whole.bigIntegerValue());
      case JsonNode real when real.isNumber() -> new Json.Real(real.doubleValue());
      case JsonNode list when list.isArray() -> {
        List<Json> items = new ArrayList<>(list.size());
        list.forEach(item -> items.add(json(item)));
        yield new Json.Items(items);
      }
      case JsonNode object when object.isObject() -> {
        Map<String, Json> fields = new LinkedHashMap<>();
        object.properties().forEach(field -> fields.put(field.getKey(), json(field.getValue())));
        yield new Json.Fields(fields);
      }
      default -> Json.NULL;
    };
  }
}
