package dev.corral.templates.answer;

import dev.corral.templates.ChatInput;
import dev.corral.templates.ChatTemplate;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.Rendered;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a template makes of a few small conversations, with words that cannot be overlooked.
final class Trials {
  static final String TOOL = "find_zibeline";
  static final String KEY = "quokka";
  static final String VALUE = "in Tuktoyaktuk";
  static final String THOUGHT = "Kakapo thinks.";
  static final String SAID = "Axolotl says.";
  private static final Json.Fields QUESTION = message("user", "Hello");
  private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

  /// The tool that the trials call.
  static final List<Json> TOOLS =
      List.of(
          Json.from(
              Map.of(
                  "type",
                  "function",
                  "function",
                  Map.of(
                      "name",
                      TOOL,
                      "description",
                      "none",
                      "parameters",
                      Map.of(
                          "type",
                          "object",
                          "properties",
                          Map.of(KEY, Map.of("type", "string", "description", "none")),
                          "required",
                          List.of(KEY))))));

  private final ChatTemplate template;

  Trials(ChatTemplate template) {
    this.template = template;
  }

  /// Answers with a call as this template writes them into a conversation, from where the model
  /// itself would begin: with nothing said beside, with words, and with thinking before.
  List<String> callsAsWritten() {
    List<String> written = new ArrayList<>();
    for (Json.Fields answer : List.of(call("", null), call(SAID, null), call("", THOUGHT))) {
      for (boolean result : List.of(false, true)) {
        String text = written(answer, result);
        if (text.contains(TOOL)) {
          written.add(text);
        }
      }
    }
    return written;
  }

  /// A conversation whose answer has thinking; empty where the template leaves thinking out.
  String thinkingAsWritten() {
    Json.Fields plain = message("assistant", SAID).with("thinking", Json.user(THOUGHT));
    String text = render(answered(plain, false), List.of(), false);
    if (text.contains(THOUGHT)) {
      return text;
    }
    String call = render(answered(call("", THOUGHT), true), TOOLS, false);
    return call.contains(THOUGHT) ? call : "";
  }

  private static List<Json.Fields> answered(Json.Fields answer, boolean result) {
    List<Json.Fields> all = new ArrayList<>(List.of(QUESTION, answer));
    if (result) {
      all.add(
          message("tool", "none")
              .with("tool_call_id", Json.user("call00001"))
              .with("tool_name", Json.user(TOOL)));
    }
    return all;
  }

  /// What follows the prompt to which this answer was given.
  private String written(Json.Fields answer, boolean result) {
    String before = render(List.of(QUESTION), TOOLS, true);
    String after = render(answered(answer, result), TOOLS, false);
    int same = 0;
    while (same < Math.min(before.length(), after.length())
        && before.charAt(same) == after.charAt(same)) {
      same++;
    }
    while (same > 0 && same < before.length() && !ends(before.charAt(same - 1))) {
      same--; // never into a mark: `<|START_RESPONSE|>` and `<|START_ACTION|>` begin alike
    }
    return after.substring(same);
  }

  private static boolean ends(char c) {
    return c == '>' || c == ']' || Character.isWhitespace(c);
  }

  private String render(List<Json.Fields> messages, List<Json> tools, boolean opened) {
    ChatInput input =
        ChatInput.of(messages)
            .withTools(tools)
            .withGenerationPrompt(opened)
            .with("bos_token", Json.trusted(""))
            .with("eos_token", Json.trusted(""));
    return template.render(input, Limits.USUAL, CLOCK) instanceof Rendered.Text(var text)
        ? text.toString()
        : "";
  }

  private static Json.Fields message(String role, String content) {
    return Json.Fields.NONE.with("role", Json.trusted(role)).with("content", Json.user(content));
  }

  private static Json.Fields call(String said, @Nullable String thought) {
    Json call =
        Json.from(
            Map.of(
                "id",
                "call00001",
                "type",
                "function",
                "function",
                Map.of("name", TOOL, "arguments", Map.of(KEY, VALUE))));
    Json.Fields message =
        message("assistant", said).with("tool_calls", new Json.Items(List.of(call)));
    return thought == null ? message : message.with("thinking", Json.user(thought));
  }
}
