package dev.corral.templates.jinja;

import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.Rendered;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What a template expects of its messages. Nobody writes it down, so it is found out once by trial
/// renders with words that cannot be overlooked.
///
/// @param content what a message's content may be
/// @param argumentsAsText true where the arguments of a tool call must be JSON text, not fields
/// @param noneBesideCalls true where a message with tool calls must have no content for them to
///   show
/// @param thinking the field in which it looks for what the model thought; empty where in none
record Habits(Content content, boolean argumentsAsText, boolean noneBesideCalls, String thinking) {
  enum Content {
    TEXT,
    TEXT_OR_PARTS,
    PARTS
  }

  private static final String WORD = "zibeline";
  private static final String KEY = "quokka";
  private static final Json FIELDS = fields(Map.of(KEY, Json.user(WORD)));
  private static final String TEXT = "{\"" + KEY + "\": \"" + WORD + "\"}";
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
  private static final List<String> THINKING =
      List.of("reasoning_content", "thinking", "reasoning");

  static Habits of(List<Statement> body, String source) {
    Content content = content(body);
    String thinking = thinking(source);
    for (boolean none : List.of(false, true)) {
      Json beside = none ? Json.NULL : Json.user("");
      if (showsFields(trial(body, call(FIELDS, beside), tools()))) {
        return new Habits(content, false, none, thinking);
      }
      if (trial(body, call(Json.user(TEXT), beside), tools()).contains(TEXT)) {
        return new Habits(content, true, none, thinking);
      }
    }
    return new Habits(content, false, false, thinking);
  }

  /// True where the arguments are there, and not as Python prints a dict: no model was trained on
  /// that.
  private static boolean showsFields(String text) {
    return text.contains(KEY) && !text.contains("{'" + KEY);
  }

  private static Content content(List<Statement> body) {
    Json part = fields(Map.of("type", Json.user("text"), "text", Json.user(WORD)));
    String parts = trial(body, List.of(user(new Json.Items(List.of(part)))), List.of());
    boolean takesParts =
        parts.contains(WORD) && !parts.contains("'text'") && !parts.contains("\"text\"");
    if (!takesParts) {
      return Content.TEXT;
    }
    String text = trial(body, List.of(user(Json.user(WORD))), List.of());
    return text.contains(WORD) ? Content.TEXT_OR_PARTS : Content.PARTS;
  }

  private static String thinking(String source) {
    for (String field : THINKING) {
      if (Pattern.compile("\\b" + field + "\\b").matcher(source).find()) {
        return field;
      }
    }
    return "";
  }

  /// What the template makes of the messages; empty where it fails or refuses.
  private static String trial(List<Statement> body, List<Json> messages, List<Json> tools) {
    Map<String, Json> variables = new LinkedHashMap<>();
    variables.put("messages", new Json.Items(messages));
    variables.put("add_generation_prompt", Json.of(true));
    variables.put("bos_token", Json.trusted(""));
    variables.put("eos_token", Json.trusted(""));
    if (!tools.isEmpty()) {
      variables.put("tools", new Json.Items(tools));
    }
    return JinjaTemplate.render(body, variables, Limits.USUAL, CLOCK)
            instanceof Rendered.Text(var text)
        ? text.toString()
        : "";
  }

  private static Json user(Json content) {
    return fields(Map.of("role", Json.trusted("user"), "content", content));
  }

  private static List<Json> call(Json arguments, Json content) {
    Json function = fields(Map.of("name", Json.user("probe"), "arguments", arguments));
    Json call =
        fields(
            Map.of(
                "id", Json.user("call00001"),
                "type", Json.trusted("function"),
                "function", function));
    Json assistant =
        fields(
            Map.of(
                "role",
                Json.trusted("assistant"),
                "content",
                content,
                "tool_calls",
                new Json.Items(List.of(call))));
    return List.of(user(Json.user("hello")), assistant);
  }

  private static List<Json> tools() {
    Json function =
        fields(
            Map.of(
                "name", Json.user("probe"),
                "description", Json.user("none"),
                "parameters",
                    fields(
                        Map.of("type", Json.trusted("object"), "properties", Json.Fields.NONE))));
    return List.of(fields(Map.of("type", Json.trusted("function"), "function", function)));
  }

  private static Json fields(Map<String, Json> fields) {
    return new Json.Fields(fields);
  }
}
