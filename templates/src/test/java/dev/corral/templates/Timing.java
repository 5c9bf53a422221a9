package dev.corral.templates;

import dev.corral.templates.go.GoTemplate;
import dev.corral.templates.jinja.JinjaTemplate;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Prints the processor's time that a chat of 50 messages takes, warm, once of words alone and once
/// with tools, their calls and results; run by hand with the paths of templates.
final class Timing {
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
  private static final int WARM_UP = 1_500;
  private static final int ROUNDS = 400;
  private static final int MESSAGES = 50;
  private static final String WORDS = "some words that a person may write. ".repeat(20);

  private Timing() {}

  public static void main(String[] files) throws IOException {
    for (String file : files) {
      String source = Files.readString(Path.of(file));
      ChatTemplate template =
          file.endsWith(".gotmpl") ? GoTemplate.compile(source) : JinjaTemplate.compile(source);
      String name = Path.of(file).getFileName().toString();
      measure(name + ", words", template, input(words()));
      measure(name + ", tools", template, input(calls()).withTools(tools()));
    }
  }

  private static void measure(String name, ChatTemplate template, ChatInput input) {
    List<Long> times = new ArrayList<>();
    Rendered last = new Rendered.Raised("nothing was rendered");
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      long start = CLOCK.getCurrentThreadCpuTime();
      last = template.render(input, Limits.USUAL, Run.NOON);
      times.add(CLOCK.getCurrentThreadCpuTime() - start);
    }
    List<Long> warm = times.subList(WARM_UP, times.size()).stream().sorted().toList();
    System.out.printf(
        "%s: p50 %d µs, p90 %d µs, %s%n",
        name,
        warm.get(ROUNDS / 2) / 1000,
        warm.get(ROUNDS * 9 / 10) / 1000,
        last instanceof Rendered.Text(MarkedText text) ? text.length() + " characters" : last);
  }

  private static ChatInput input(List<Json.Fields> messages) {
    return ChatInput.of(messages)
        .with("bos_token", Json.trusted("<s>"))
        .with("eos_token", Json.trusted("</s>"));
  }

  private static List<Json.Fields> words() {
    List<Json.Fields> messages = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      messages.add(message(i % 2 == 0 ? "user" : "assistant", "Message " + i + ": " + WORDS));
    }
    return messages;
  }

  /// A question, a call, its result, an answer; over and over.
  private static List<Json.Fields> calls() {
    List<Json.Fields> messages = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      messages.add(
          switch (i % 4) {
            case 0 -> message("user", "Message " + i + ": " + WORDS);
            case 1 ->
                Run.message(
                    """
                    {"role": "assistant", "content": "", "tool_calls": [{"id": "call%05d",
                    "type": "function", "function": {"name": "get_weather",
                    "arguments": {"city": "Rome", "days": 3, "units": "metric"}}}]}\
                    """
                        .formatted(i));
            case 2 ->
                Run.message(
                    """
                    {"role": "tool", "tool_call_id": "call%05d", "name": "get_weather",
                    "content": "{\\"temperature\\": 21.5, \\"sky\\": \\"clear\\"}"}\
                    """
                        .formatted(i - 1));
            default -> message("assistant", "Message " + i + ": " + WORDS);
          });
    }
    return messages;
  }

  private static List<Json> tools() {
    List<Json> tools = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      tools.add(
          Run.message(
              """
              {"type": "function", "function": {"name": "get_weather_%d",
              "description": "What the weather is like in a city.", "parameters": {
              "type": "object", "required": ["city"], "properties": {
              "city": {"type": "string", "description": "Which city"},
              "days": {"type": "integer", "description": "How many days"},
              "units": {"type": "string", "enum": ["metric", "imperial"]}}}}}\
              """
                  .formatted(i)));
    }
    return tools;
  }

  private static Json.Fields message(String role, String content) {
    return (Json.Fields) Json.from(Map.of("role", role, "content", content));
  }
}
