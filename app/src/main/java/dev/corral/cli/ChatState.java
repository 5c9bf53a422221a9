package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a conversation has come to: its messages and what `/set` changed. Owned by the one thread
/// that reads the terminal.
final class ChatState {
  private final Run run;
  private final List<Map<String, Object>> messages = new ArrayList<>();
  private final Map<String, Object> options = new LinkedHashMap<>();
  private String system = "";
  private JsonNode told;

  /// @param told what `/api/show` says of the model
  ChatState(Run run, JsonNode told) {
    this.run = run;
    this.told = told;
  }

  Run run() {
    return run;
  }

  String model() {
    return run.model;
  }

  JsonNode told() {
    return told;
  }

  String system() {
    return system.isEmpty() ? told.path("system").asText("") : system;
  }

  Map<String, Object> options() {
    return options;
  }

  /// True where the model takes pictures or sounds along with a question.
  boolean attends() {
    return Run.attends(told);
  }

  void ask(Attached question) {
    if (question.contents().isEmpty()) {
      add("user", question.text());
    } else {
      messages.add(
          Map.of("role", "user", "content", question.text(), "images", question.contents()));
    }
  }

  void add(String role, String content) {
    messages.add(Map.of("role", role, "content", content));
  }

  /// Takes back a question that was not answered.
  void forgetLast() {
    messages.removeLast();
  }

  /// Forgets the conversation; the settings stay.
  void clear() {
    messages.clear();
    if (!system.isEmpty()) {
      add("system", system);
    }
  }

  /// A system prompt for what follows.
  void system(String text) {
    system = text;
    messages.removeIf(message -> "system".equals(message.get("role")));
    messages.addFirst(Map.of("role", "system", "content", text));
  }

  /// Goes on with another model, without what was said.
  void load(String model, JsonNode told) {
    run.model = model;
    this.told = told;
    messages.clear();
    options.clear();
    system = "";
  }

  /// Body of the next `/api/chat`.
  Map<String, Object> question() {
    Map<String, Object> ask = run.options();
    ask.put("messages", messages);
    if (!options.isEmpty()) {
      ask.put("options", options);
    }
    return ask;
  }

  /// Body of the `/api/create` that keeps this conversation under a name.
  Map<String, Object> saved(String name) {
    Map<String, Object> ask = new LinkedHashMap<>();
    ask.put("model", name);
    ask.put("from", model());
    if (!system.isEmpty()) {
      ask.put("system", system);
    }
    if (!options.isEmpty()) {
      ask.put("parameters", options);
    }
    List<Map<String, Object>> said =
        messages.stream().filter(message -> !"system".equals(message.get("role"))).toList();
    if (!said.isEmpty()) {
      ask.put("messages", said);
    }
    return ask;
  }
}
