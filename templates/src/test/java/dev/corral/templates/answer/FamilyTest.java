package dev.corral.templates.answer;

import static dev.corral.templates.answer.Answers.call;
import static dev.corral.templates.answer.Answers.read;
import static dev.corral.templates.answer.Answers.said;
import static dev.corral.templates.answer.Answers.thought;
import static dev.corral.templates.answer.Answers.writing;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Each family is found out from a small template that writes as its models do, and then read.
class FamilyTest {
  private static final String JSON = "{{ {'name': f.name, 'arguments': f.arguments}|tojson }}";
  private static final String ARGUMENTS = "{{ f.arguments|tojson }}";

  private static String each(String argument) {
    return "{%- for k, v in f.arguments.items() -%}" + argument + "{%- endfor -%}";
  }

  private static void isFamily(AnswerFormat format, String name) {
    assertThat(format.family()).isEqualTo(name);
  }

  @Test
  void tokensAroundNameAndArguments() {
    AnswerFormat fenced =
        writing(
            "<｜tool▁calls▁begin｜>",
            "<｜tool▁call▁begin｜>function<｜tool▁sep｜>{{ f.name }}\n```json\n"
                + ARGUMENTS
                + "\n```<｜tool▁call▁end｜>",
            "<｜tool▁calls▁end｜>");
    isFamily(fenced, "deepseek");
    assertThat(
            read(
                fenced,
                "So.<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n"
                    + "{\"a\": \"```\"}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>"
                    + "function<｜tool▁sep｜>g\n```json\n{}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"))
        .containsExactly(said("So."), call(0, "f", "{\"a\": \"```\"}"), call(1, "g", "{}"));
    AnswerFormat plain =
        writing(
            "<｜tool▁calls▁begin｜>",
            "<｜tool▁call▁begin｜>{{ f.name }}<｜tool▁sep｜>" + ARGUMENTS + "<｜tool▁call▁end｜>",
            "<｜tool▁calls▁end｜>");
    isFamily(plain, "deepseek");
    assertThat(
            read(
                plain,
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"a\": 1}"
                    + "<｜tool▁call▁end｜><｜tool▁calls▁end｜>"))
        .containsExactly(call(0, "f", "{\"a\": 1}"));
    AnswerFormat kimi =
        writing(
            "<|tool_calls_section_begin|>",
            "<|tool_call_begin|>functions.{{ f.name }}:0<|tool_call_argument_begin|>"
                + ARGUMENTS
                + "<|tool_call_end|>",
            "<|tool_calls_section_end|>");
    isFamily(kimi, "kimi");
    assertThat(
            read(
                kimi,
                "<|tool_calls_section_begin|><|tool_call_begin|>functions.a.b:12"
                    + "<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>"))
        .containsExactly(call(0, "a.b", "{}"));
    AnswerFormat solar =
        writing(
            "<|tool_calls|>",
            "<|tool_call:begin|>abc<|tool_call:name|>{{ f.name }}<|tool_call:args|>"
                + ARGUMENTS
                + "<|tool_call:end|>",
            "<|calls|>");
    isFamily(solar, "solar");
    assertThat(
            read(
                solar,
                "<|tool_calls|><|tool_call:begin|>x1<|tool_call:name|>f<|tool_call:args|>{\"a\":{}}"
                    + "<|tool_call:end|><|calls|>"))
        .containsExactly(call(0, "f", "{\"a\":{}}"));
  }

  @Test
  void mistral() {
    AnswerFormat named = writing("[TOOL_CALLS]{{ f.name }}[ARGS]" + ARGUMENTS);
    isFamily(named, "mistral");
    assertThat(
            read(
                named,
                "Let me look.[TOOL_CALLS]get_weather[ARGS]{\"city\": \"[Rome]\"}"
                    + "[TOOL_CALLS]get_time[CALL_ID]a1b2[ARGS]{}"))
        .containsExactly(
            said("Let me look."),
            call(0, "get_weather", "{\"city\": \"[Rome]\"}"),
            call(1, "get_time", "{}"));
    AnswerFormat listed = writing("[TOOL_CALLS] [", JSON, "]");
    isFamily(listed, "mistral");
    assertThat(read(listed, "[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {}, \"id\": \"x\"}]"))
        .containsExactly(call(0, "f", "{}"));
  }

  @Test
  void functionary() {
    AnswerFormat tags = writing("<function={{ f.name }}>" + ARGUMENTS + "</function>");
    isFamily(tags, "functionary");
    assertThat(read(tags, "<function=f>{\"a\": 1}</function><function=g>{}</function>"))
        .containsExactly(call(0, "f", "{\"a\": 1}"), call(1, "g", "{}"));
    AnswerFormat arrows = writing("{# >>>all #}>>>{{ f.name }}\n" + ARGUMENTS);
    isFamily(arrows, "functionary");
    assertThat(
            read(
                arrows,
                "<|assistant|>>>>",
                Answers.TOOLS,
                "all\nLet me look.>>>f\n{\"a\": 1}>>>g\n{}"))
        .containsExactly(said("Let me look."), call(0, "f", "{\"a\": 1}"), call(1, "g", "{}"));
    assertThat(read(arrows, ">>>", List.of(), "all\nYes.\nNo.")).containsExactly(said("Yes.\nNo."));
  }

  @Test
  void channels() {
    AnswerFormat format =
        writing(
            "<|start|>assistant<|channel|>commentary to=functions.{{ f.name }} <|constrain|>json"
                + "<|message|>"
                + ARGUMENTS
                + "<|call|>");
    isFamily(format, "gpt-oss");
    assertThat(format.marks()).contains("<|channel|>", "<|message|>", "<|constrain|>", "<|call|>");
    assertThat(
            read(
                format,
                "<|channel|>analysis<|message|>Hm.<|end|>"
                    + "<|start|>assistant<|channel|>commentary<|message|>Let me look.<|end|>"
                    + "<|start|>assistant to=functions.f<|channel|>commentary json<|message|>"
                    + "{\"a\": \"<|end|>\"}<|call|>"))
        .containsExactly(
            thought("Hm."), said("Let me look."), call(0, "f", "{\"a\": \"<|end|>\"}"));
    String broken = "<|channel|>commentary to=functions.f<|message|>{\"a\": ";
    assertThat(read(format, broken)).containsExactly(said(broken));
  }

  @Test
  void nearlyAsInAProgram() {
    AnswerFormat lfm =
        writing(
            "<|tool_call_start|>[",
            "{{ f.name }}(" + each("{{ k }}='{{ v }}'") + ")",
            "]<|tool_call_end|>");
    isFamily(lfm, "lfm");
    assertThat(
            read(
                lfm,
                "<|tool_call_start|>[get_weather(city=\"it's\", days=-1.50, a=[True, None, ('x',)],"
                    + " more={'k': {\"n\": 1e3}}), get_time()]<|tool_call_end|>Done."))
        .containsExactly(
            call(
                0,
                "get_weather",
                "{\"city\":\"it's\",\"days\":-1.50,\"a\":[true,null,[\"x\"]],"
                    + "\"more\":{\"k\":{\"n\":1e3}}}"),
            call(1, "get_time", "{}"),
            said("Done."));
    assertThat(read(lfm, "<|tool_call_start|>[{\"name\": \"f\"}]<|tool_call_end|>"))
        .containsExactly(call(0, "f", "{}"));
    String broken = "<|tool_call_start|>[f(a=b)]<|tool_call_end|>";
    assertThat(read(lfm, broken)).containsExactly(said(broken));
    AnswerFormat lines =
        writing(
            "<function_calls>",
            "{{ f.name }}(" + each("{{ k }}=\"{{ v }}\"") + ")",
            "</function_calls>");
    isFamily(lines, "function calls");
    assertThat(read(lines, "<function_calls>\nf(a=\"b\\n\")\ng()\n</function_calls>"))
        .containsExactly(call(0, "f", "{\"a\":\"b\\n\"}"), call(1, "g", "{}"));
  }

  @Test
  void gemma() {
    AnswerFormat escape =
        writing(
            "<start_function_call>call:{{ f.name }}{{ '{' }}"
                + each("{{ k }}:<escape>{{ v }}<escape>")
                + "}<end_function_call>");
    isFamily(escape, "gemma");
    assertThat(
            read(
                escape,
                "<start_function_call>call:f{a:<escape>x, \"y\"}<escape>,n:3,b:true,"
                    + "l:[<escape>p<escape>,q r],o:{k:1}}<end_function_call>"))
        .containsExactly(
            call(
                0,
                "f",
                "{\"a\":\"x, \\\"y\\\"}\",\"n\":3,\"b\":true,\"l\":[\"p\",\"q r\"],"
                    + "\"o\":{\"k\":1}}"));
    assertThat(read(escape, "<start_function_call>call:f{n:3}"))
        .as("the model stops at its closing mark")
        .containsExactly(call(0, "f", "{\"n\":3}"));
    assertThat(read(escape, "<start_function_call>call:f{a:\"x\\ny\"}<end_function_call>"))
        .as("quotes as in JSON")
        .containsExactly(call(0, "f", "{\"a\":\"x\\ny\"}"));
    String cut = "<start_function_call>call:f{n:3,m";
    assertThat(read(escape, cut)).containsExactly(said(cut));
    AnswerFormat channel =
        writing(
            "<|tool_call>call:{{ f.name }}{{ '{' }}"
                + each("{{ k }}:<|\"|>{{ v }}<|\"|>")
                + "}<tool_call|>");
    isFamily(channel, "gemma");
    assertThat(read(channel, "<|tool_call>call:f{a:<|\"|>x<|\"|>}<tool_call|>"))
        .containsExactly(call(0, "f", "{\"a\":\"x\"}"));
  }

  @Test
  void listsBetweenMarks() {
    for (String[] pair :
        new String[][] {
          {"tool calls", "<tool_calls>", "</tool_calls>"},
          {"nemotron", "<TOOLCALL>", "</TOOLCALL>"},
          {"tool call token", "<|tool_call|>", "<|/tool_call|>"},
          {"command", "<|START_ACTION|>", "<|END_ACTION|>"},
          {"apertus", "<|tools_prefix|>", "<|tools_suffix|>"},
          {"action", "Action: ```json\n", "```"},
          {"firefunction", " functools", ""}
        }) {
      AnswerFormat format = writing(pair[1] + "[", JSON, "]" + pair[2]);
      isFamily(format, pair[0]);
      String answer =
          "So. "
              + pair[1]
              + "[\n {\"tool_name\": \"f\", \"parameters\": {\"a\": 1}},\n"
              + " {\"get_time\": {}}\n]"
              + pair[2];
      assertThat(read(format, answer))
          .as(pair[0])
          .containsExactly(said("So."), call(0, "f", "{\"a\": 1}"), call(1, "get_time", "{}"));
    }
  }

  @Test
  void aNameBeforeAFence() {
    AnswerFormat format =
        writing(
            "<tool_calls>",
            "<tool_call>{{ f.name }}\n```json\n" + ARGUMENTS + "\n```</tool_call>",
            "</tool_calls>");
    isFamily(format, "fenced");
    assertThat(
            read(
                format,
                "<tool_calls>\n<tool_call>f\n```json\n{\"a\": 1}\n```</tool_call>\n</tool_calls>"))
        .containsExactly(call(0, "f", "{\"a\": 1}"));
  }

  @Test
  void aTemplateThatShowsNoCallIsKnownByItsWords() {
    AnswerFormat format =
        AnswerFormat.ofJinja(
            "{% if tools %}Answer with [TOOL_CALLS]name[ARGS]{}{% endif %}"
                + "{% for m in messages %}{{ m.content }}{% endfor %}");
    isFamily(format, "mistral");
    assertThat(read(format, "[TOOL_CALLS]f[ARGS]{}")).containsExactly(call(0, "f", "{}"));
  }
}
