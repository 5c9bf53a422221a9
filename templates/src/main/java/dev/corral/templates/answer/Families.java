package dev.corral.templates.answer;

import static dev.corral.templates.answer.Unit.Where.ANYWHERE;
import static dev.corral.templates.answer.Unit.Where.SECTION;
import static dev.corral.templates.answer.Unit.Where.START;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The families of tool calls that are read. A template belongs to the first that reads back the
/// call which the template itself wrote.
final class Families {
  private static final String NAME = "(?<name>[\\w.-]+)";

  /// Of a list each object counts for itself: some models leave the commas out.
  private static final Unit OBJECT =
      new Unit("{", SECTION, Extent.Balanced.JSON, JsonCalls.whole());

  /// Headers say what is a call.
  static final Family CHANNELS =
      new Family(
              "gpt-oss",
              List.of("<|channel|>", "<|message|>"),
              List.of(),
              List.of(),
              List.of("<|call|>", "<|end|>", "<|return|>"))
          .with("<|constrain|>");

  static final Family ARROWS =
      new Family("functionary", List.of(">>>all"), List.of(), List.of(), List.of());

  /// An answer that is a call and nothing else.
  static final Family LLAMA =
      new Family(
          "json",
          List.of(),
          List.of("<|python_tag|>", "<|python_start|>"),
          brackets(),
          List.of("<|python_end|>", "<|eom_id|>"));

  static final List<Family> KNOWN =
      Stream.of(headed(), tagged(), named(), loose(), listed()).flatMap(List::stream).toList();

  private Families() {}

  private static List<Family> headed() {
    return List.of(CHANNELS, ARROWS);
  }

  /// Arguments between tags.
  private static List<Family> tagged() {
    TaggedCalls function =
        new TaggedCalls("<function=", ">", "</function>", "<parameter=", "</parameter>");
    TaggedCalls invoke =
        new TaggedCalls("<invoke name=\"", ">", "</invoke>", "<parameter name=\"", "</parameter>");
    TaggedCalls dsml =
        new TaggedCalls(
            "<｜DSML｜invoke name=\"",
            ">",
            "</｜DSML｜invoke>",
            "<｜DSML｜parameter name=\"",
            "</｜DSML｜parameter>");
    TaggedCalls atem =
        new TaggedCalls(
            "<atem:invoke name=\"",
            ">",
            "</atem:invoke>",
            "<atem:parameter name=\"",
            "</atem:parameter>");
    TaggedCalls open =
        new TaggedCalls(
            "<|open|>call tool=\"",
            "<|sep|>",
            "<|close|>call<|sep|>",
            "<|open|>argument key=\"",
            "<|close|>argument<|sep|>");
    TaggedCalls param =
        new TaggedCalls("<function name=\"", ">", "</function>", "<param name=\"", "</param>");
    return List.of(
        tags("seed", function, "<seed:tool_call>", "</seed:tool_call>"),
        tags("function tags", function, "<tool_call>", "</tool_call>"),
        new Family(
                "minimax",
                List.of(NestedCalls.TOKEN),
                List.of(NestedCalls.TOKEN + "<tool_call>"),
                List.of(NestedCalls.UNIT),
                List.of(NestedCalls.TOKEN + "</tool_call>"))
            .with(NestedCalls.TOKEN),
        tags("minimax", invoke, "<minimax:tool_call>", "</minimax:tool_call>"),
        tags("dsml", dsml, "<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>"),
        tags("dsml", dsml, "<｜DSML｜function_calls>", "</｜DSML｜function_calls>"),
        tags("atem", atem, "<atem:function_calls>", "</atem:function_calls>"),
        tags("open and close", open, "<|open|>tools<|sep|>", "<|close|>tools<|sep|>"),
        new Family(
            "param tags",
            List.of("<function name=\"", "<param name=\""),
            List.of(),
            List.of(param.unit()),
            List.of()),
        keyed("", List.of()),
        keyed(":opensource", List.of("<tool_calls:opensource>", "</tool_calls:opensource>")));
  }

  private static Family tags(String name, TaggedCalls form, String section, String closer) {
    List<String> marks = List.of(section, form.open());
    return new Family(name, marks, List.of(section), List.of(form.unit()), List.of(closer))
        .with(form.head(), form.close(), form.keyOpen(), form.valueClose());
  }

  private static Family keyed(String suffix, List<String> around) {
    return new Family(
            "keys and values",
            List.of("<arg_key" + suffix + ">", "<arg_value" + suffix + ">"),
            around.stream().limit(1).toList(),
            List.of(new KeyedCalls(suffix).unit()),
            around.stream().skip(1).toList())
        .with(
            "</tool_call" + suffix + ">",
            "<arg_key" + suffix + ">",
            "</arg_key" + suffix + ">",
            "<arg_value" + suffix + ">",
            "</arg_value" + suffix + ">",
            "<tool_sep" + suffix + ">");
  }

  /// A name, then the arguments in JSON.
  private static List<Family> named() {
    return List.of(
        named(
                "deepseek",
                "<｜tool▁call▁begin｜>",
                "(?:function)?<｜tool▁sep｜>" + NAME + "\\s*```(?:json)?\\s*",
                List.of("<｜tool▁calls▁begin｜>"),
                List.of("```", "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"))
            .with("<｜tool▁sep｜>"),
        named(
                "deepseek",
                "<｜tool▁call▁begin｜>",
                "\\s*" + NAME + "\\s*<｜tool▁sep｜>\\s*",
                List.of("<｜tool▁calls▁begin｜>"),
                List.of("<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>"))
            .with("<｜tool▁sep｜>"),
        named(
                "kimi",
                "<|tool_call_begin|>",
                "\\s*(?:functions\\.)?(?<name>[\\w.-]+?)(?::\\d+)?\\s*<\\|tool_call_argument_begin\\|>\\s*",
                List.of("<|tool_calls_section_begin|>"),
                List.of("<|tool_call_end|>", "<|tool_calls_section_end|>"))
            .with("<|tool_call_argument_begin|>"),
        named(
                "solar",
                "<|tool_call:begin|>",
                "[^<]*<\\|tool_call:name\\|>" + NAME + "<\\|tool_call:args\\|>\\s*",
                List.of("<|tool_calls|>"),
                List.of("<|tool_call:end|>", "<|calls|>"))
            .with("<|tool_call:name|>", "<|tool_call:args|>"),
        named("functionary", "<function=", NAME + ">\\s*", List.of(), List.of("</function>")),
        named(
            "fenced",
            "<tool_call>",
            "\\s*" + NAME + "\\s*```(?:json)?\\s*",
            List.of("<tool_calls>"),
            List.of("```", "</tool_call>", "</tool_calls>")));
  }

  private static Family named(
      String name, String open, String header, List<String> sections, List<String> closers) {
    Pattern pattern = Pattern.compile(Pattern.quote(open) + header);
    Unit unit = new Unit(open, ANYWHERE, Extent.Balanced.JSON, JsonCalls.named(pattern));
    return new Family(name, List.of(), sections, List.of(unit), closers);
  }

  /// Nearly as in a program.
  private static List<Family> loose() {
    return List.of(
        python("lfm", "<|tool_call_start|>", "<|tool_call_end|>"),
        python("lfm", "<|tool_call_start|>", "<|tool_call_end|>", "<|tool_list_start|>"),
        python("lfm", "<|tool_call_start|>", "<|tool_call_end|>", "\"List of tools: "),
        python("function calls", "<function_calls>", "</function_calls>"),
        colons("gemma", "<start_function_call>", "<end_function_call>", "<escape>"),
        colons("gemma", "<|tool_call>", "<tool_call|>", "<|\"|>"));
  }

  /// @param marks in a template that shows no call; the opening itself where there are none
  private static Family python(String name, String open, String close, String... marks) {
    Unit.Reading python = LooseCalls.python(open, close);
    Unit.Reading either =
        (text, tools) -> {
          List<Unit.Call> calls = python.read(text, tools);
          String inside = text.substring(open.length()).replace(close, "");
          return calls.isEmpty() ? JsonCalls.whole().read(inside, tools) : calls;
        };
    Unit unit = new Unit(open, ANYWHERE, new Extent.Until(close, true), either);
    List<String> shown = marks.length == 0 ? List.of(open) : List.of(marks);
    return new Family(name, shown, List.of(), List.of(unit), List.of()).with(close);
  }

  private static Family colons(String name, String open, String close, String quote) {
    Unit.Reading reading = LooseCalls.colons(open, close, quote);
    Unit unit = new Unit(open, ANYWHERE, new Extent.Until(close, true), reading);
    return new Family(name, List.of(open), List.of(), List.of(unit), List.of()).with(close, quote);
  }

  /// JSON that holds the name too.
  private static List<Family> listed() {
    Unit mistral =
        new Unit(
            "[TOOL_CALLS]",
            ANYWHERE,
            Extent.Balanced.JSON,
            JsonCalls.named(
                Pattern.compile(
                    "\\[TOOL_CALLS]\\s*" + NAME + "(?:\\[CALL_ID][\\w-]*)?\\s*(?:\\[ARGS])?\\s*")));
    return List.of(
        json("seed", "<seed:tool_call>", "</seed:tool_call>"),
        json("hermes", "<tool_call>", "</tool_call>"),
        json("tool calls", "<tool_calls>", "</tool_calls>"),
        json("nemotron", "<TOOLCALL>", "</TOOLCALL>"),
        json("tool call token", "<|tool_call|>", "<|/tool_call|>"),
        json("command", "<|START_ACTION|>", "<|END_ACTION|>"),
        json("apertus", "<|tools_prefix|>", "<|tools_suffix|>"),
        new Family(
                "mistral",
                List.of("[TOOL_CALLS]", "[ARGS]"),
                List.of(),
                List.of(mistral),
                List.of())
            .with("[ARGS]", "[CALL_ID]"),
        json("mistral", "[TOOL_CALLS]", "[/TOOL_CALLS]"),
        new Family(
            "action",
            List.of("Action: ```json", "tool_name"),
            List.of("Action: ```json", "Action:```json", "Action:\n```json"),
            List.of(OBJECT),
            List.of("```")),
        json("firefunction", "functools", ""),
        LLAMA);
  }

  static Family json(String name, String open, String close) {
    List<String> closers = close.isEmpty() ? List.of() : List.of(close);
    return new Family(name, List.of(open), List.of(open), List.of(OBJECT), closers);
  }

  private static List<Unit> brackets() {
    Unit.Reading list =
        (text, tools) -> {
          List<Unit.Call> calls = JsonCalls.whole().read(text, tools);
          return calls.isEmpty() ? LooseCalls.python("", "").read(text, tools) : calls;
        };
    return List.of(
        new Unit("{", START, Extent.Balanced.JSON, JsonCalls.whole()),
        new Unit("[", START, Extent.Balanced.PYTHON, list));
  }
}
