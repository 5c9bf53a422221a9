package dev.corral.templates.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.templates.Json;
import dev.corral.templates.answer.Part.Content;
import dev.corral.templates.answer.Part.Thinking;
import dev.corral.templates.answer.Part.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Feeds answers in every way in which they may come, and demands the same parts each time.
final class Answers {
  /// Two tools: `get_weather(city: string, days: integer)` and `get_time()`.
  static final List<Json> TOOLS =
      List.of(
          tool("get_weather", Map.of("city", "string", "days", "integer", "more", "object")),
          tool("get_time", Map.of()));

  private Answers() {}

  static Json tool(String name, Map<String, String> types) {
    Json properties = Json.Fields.NONE;
    for (Map.Entry<String, String> type : types.entrySet()) {
      properties =
          ((Json.Fields) properties)
              .with(type.getKey(), Json.from(Map.of("type", type.getValue())));
    }
    Json parameters = Json.from(Map.of("type", "object", "properties", properties));
    return Json.from(
        Map.of("type", "function", "function", Map.of("name", name, "parameters", parameters)));
  }

  /// A Jinja template that writes messages as they are, and each call in this form; `f.name` and
  /// `f.arguments` are the call's.
  static AnswerFormat writing(String call) {
    return writing("", call, "");
  }

  static AnswerFormat writing(String before, String call, String after) {
    return AnswerFormat.ofJinja(
        """
        {%- for m in messages -%}
          {%- if m.reasoning_content -%}<think>{{ m.reasoning_content }}</think>{%- endif -%}
          {{- m.content -}}
          {%- if m.tool_calls -%}
            «before»
            {%- for c in m.tool_calls -%}{%- set f = c.function -%}«call»{%- endfor -%}
            «after»
          {%- endif -%}
        {%- endfor -%}
        """
            .replace("«before»", before)
            .replace("«after»", after)
            .replace("«call»", call)
            .replace("%}\n", "%}")
            .replaceAll("\n +", ""));
  }

  static List<Part> read(AnswerFormat format, String answer) {
    return read(format, "", TOOLS, answer);
  }

  /// The parts of an answer, neighbours of one kind joined.
  static List<Part> read(AnswerFormat format, String prompt, List<Json> tools, String answer) {
    List<Part> whole = parts(format.parser(prompt, tools), List.of(answer));
    for (int cut = 1; cut < answer.length(); cut++) {
      List<String> two = List.of(answer.substring(0, cut), answer.substring(cut));
      assertThat(parts(format.parser(prompt, tools), two)).as("cut at %d", cut).isEqualTo(whole);
    }
    List<String> characters = answer.chars().mapToObj(c -> String.valueOf((char) c)).toList();
    assertThat(parts(format.parser(prompt, tools), characters)).as("by character").isEqualTo(whole);
    return whole;
  }

  static List<Part> parts(AnswerParser parser, List<String> pieces) {
    List<Part> parts = new ArrayList<>();
    pieces.forEach(piece -> parts.addAll(parser.feed(piece)));
    parts.addAll(parser.finish());
    List<Part> joined = new ArrayList<>();
    for (Part part : parts) {
      Part last = joined.isEmpty() ? null : joined.getLast();
      if (last instanceof Content(String text) && part instanceof Content(String more)) {
        joined.set(joined.size() - 1, new Content(text + more));
      } else if (last instanceof Thinking(String text) && part instanceof Thinking(String more)) {
        joined.set(joined.size() - 1, new Thinking(text + more));
      } else {
        joined.add(part);
      }
    }
    return joined;
  }

  static Part said(String text) {
    return new Content(text);
  }

  static Part thought(String text) {
    return new Thinking(text);
  }

  static Part call(int index, String name, String arguments) {
    return new ToolCall(index, name, arguments);
  }
}
