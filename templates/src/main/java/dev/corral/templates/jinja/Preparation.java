package dev.corral.templates.jinja;

import dev.corral.templates.ChatInput;
import dev.corral.templates.Json;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Messages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Turns messages of either dialect into the variables that templates were written for. What was
/// not said stays undefined: many templates take an empty list of tools, or none, for a wish.
///
/// | variable | from |
/// |---|---|
/// | `messages` | the messages; content none is empty, parts are joined unless the template takes them |
/// | `tools` | the tools, where there are any |
/// | `add_generation_prompt` | as asked |
/// | `enable_thinking`, `thinking`, `reasoning_effort` | `think`: a truth value, or a level |
final class Preparation {
  private final Habits habits;

  Preparation(Habits habits) {
    this.habits = habits;
  }

  Map<String, Json> variables(ChatInput input) {
    Map<String, Json> variables = new LinkedHashMap<>();
    List<Json> messages = new ArrayList<>();
    input.messages().forEach(message -> messages.add(message(message)));
    variables.put("messages", new Json.Items(messages));
    variables.put("add_generation_prompt", Json.of(input.addGenerationPrompt()));
    if (!input.tools().isEmpty()) {
      variables.put("tools", new Json.Items(input.tools()));
    }
    boolean level = input.think() instanceof Json.Text;
    if (level || input.think() instanceof Json.Bool) {
      Json wanted = level ? Json.of(true) : input.think();
      variables.put("enable_thinking", wanted);
      variables.put("thinking", wanted);
    }
    if (level) {
      variables.put("reasoning_effort", input.think());
    }
    variables.putAll(input.variables());
    return variables;
  }

  private Json message(Json.Fields message) {
    Map<String, Json> fields = new LinkedHashMap<>(message.fields());
    fields.put("role", new Json.Text(Messages.role(message)));
    fields.put("content", content(message));
    List<Json.Fields> calls = Messages.toolCalls(message);
    if (calls.isEmpty()) {
      fields.remove("tool_calls");
    } else {
      fields.put("tool_calls", new Json.Items(calls.stream().map(this::call).toList()));
    }
    Optional<MarkedText> toolName = message.findText("tool_name");
    toolName.ifPresent(name -> fields.putIfAbsent("name", new Json.Text(name)));
    Optional<MarkedText> thinking = Messages.thinking(message);
    if (thinking.isPresent() && !habits.thinking().isEmpty()) {
      fields.put(habits.thinking(), new Json.Text(thinking.get()));
    }
    return new Json.Fields(fields);
  }

  private Json content(Json.Fields message) {
    boolean parts = message.find("content").orElse(Json.NULL) instanceof Json.Items;
    if (parts && habits.content() != Habits.Content.TEXT) {
      return message.find("content").orElse(Json.NULL);
    }
    MarkedText words = Messages.text(message);
    if (habits.noneBesideCalls() && words.isEmpty() && !Messages.toolCalls(message).isEmpty()) {
      return Json.NULL;
    }
    Json text = new Json.Text(words);
    return habits.content() == Habits.Content.PARTS ? new Json.Items(List.of(part(text))) : text;
  }

  private static Json part(Json text) {
    return Json.Fields.NONE.with("type", Json.trusted("text")).with("text", text);
  }

  private Json call(Json.Fields call) {
    Json.Fields function = Messages.function(call);
    boolean isText = function.find("arguments").orElse(Json.NULL) instanceof Json.Text;
    Json arguments =
        !habits.argumentsAsText()
            ? Messages.arguments(function)
            : isText
                ? function.find("arguments").orElse(Json.NULL)
                : JsonText.of(Messages.arguments(function));
    Map<String, Json> prepared = new LinkedHashMap<>(call.fields());
    prepared.putIfAbsent("type", Json.trusted("function"));
    prepared.put("function", function.with("arguments", arguments));
    return new Json.Fields(prepared);
  }
}
