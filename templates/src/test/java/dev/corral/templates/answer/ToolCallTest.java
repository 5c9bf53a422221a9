package dev.corral.templates.answer;

import static dev.corral.templates.answer.Answers.call;
import static dev.corral.templates.answer.Answers.read;
import static dev.corral.templates.answer.Answers.said;
import static dev.corral.templates.answer.Answers.thought;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolCallTest {
  private static final String JSON = "{{ {'name': f.name, 'arguments': f.arguments}|tojson }}";
  private static final AnswerFormat TAGS =
      Answers.writing("<tool_call>\n" + JSON + "\n</tool_call>");
  private static final AnswerFormat BARE = Answers.writing(JSON);

  @Test
  void aCallIsNoContent() {
    assertThat(
            read(
                TAGS,
                """
                <tool_call>
                {"name": "get_weather", "arguments": {"city": "Rome"}}
                </tool_call>\
                """))
        .containsExactly(call(0, "get_weather", "{\"city\": \"Rome\"}"));
    assertThat(TAGS.calls()).isTrue();
    assertThat(TAGS.marks()).contains("<tool_call>", "</tool_call>");
  }

  @Test
  void howACallIsWrittenAroundItsArgumentsIsKnown() {
    for (AnswerFormat format : List.of(TAGS, BARE)) {
      CallText text = format.call("get_weather").orElseThrow();
      assertThat(text.before()).contains("{\"name\": \"get_weather\", \"arguments\": ");
      assertThat(read(format, text.before() + "{\"city\": \"Rome\"}" + text.after()))
          .containsExactly(call(0, "get_weather", "{\"city\": \"Rome\"}"));
    }
    assertThat(TAGS.call("not a \"plain\" name")).isEmpty();
    assertThat(Answers.writing("<f={{ f.name }}>{{ f.arguments.quokka }}</f>").call("f")).isEmpty();
    assertThat(AnswerFormat.PLAIN.call("f")).isEmpty();
  }

  @Test
  void howACallIsWrittenIsTriedOutOnceHoweverManyToolsThereAre() {
    AnswerFormat format = Answers.writing(JSON);
    assertThat(format.around().text()).isPresent();
    assertThat(format.around()).isSameAs(format.around());
  }

  @Test
  void contentBeforeBetweenAndBehindCallsIsKept() {
    assertThat(
            read(
                TAGS,
                """
                Let me look.

                <tool_call>{"name": "get_time", "arguments": {}}</tool_call>
                <tool_call>{"name": "get_time"}</tool_call>
                And then:
                <tool_call>{"name": "get_time", "arguments": null}</tool_call> Done.
                """))
        .containsExactly(
            said("Let me look."),
            call(0, "get_time", "{}"),
            call(1, "get_time", "{}"),
            said("And then:"),
            call(2, "get_time", "{}"),
            said("Done.\n"));
  }

  @Test
  void argumentsStayAsTheyWereWritten() {
    String arguments =
        "{ \"n\": 1.0, \"big\": 12345678901234567890, \"s\": \"\\u00e4 </tool_call> }\" }";
    assertThat(
            read(
                TAGS, "<tool_call>{\"arguments\": " + arguments + ", \"name\": \"f\"}</tool_call>"))
        .containsExactly(call(0, "f", arguments));
  }

  @Test
  void argumentsThatAreQuotedAreReadOnceMore() {
    assertThat(
            read(
                TAGS,
                "<tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>"))
        .containsExactly(call(0, "f", "{\"a\": 1}"));
  }

  @Test
  void aListOrSeveralObjectsBetweenTheTagsAreSeveralCalls() {
    assertThat(
            read(
                TAGS,
                "<tool_call>[{\"name\": \"a\"}, {\"name\": \"b\"}]\n{\"name\": \"c\"}</tool_call>"))
        .containsExactly(call(0, "a", "{}"), call(1, "b", "{}"), call(2, "c", "{}"));
  }

  @Test
  void aBrokenCallBecomesContentAgain() {
    for (String broken :
        List.of(
            "<tool_call>{\"name\": \"get_time\", \"argum",
            "<tool_call>{\"name\": \"get_time\", }</tool_call>",
            "<tool_call>{\"name\": \"get_time\"</tool_call>",
            "<tool_call>{\"name\": \"get_time\", \"arguments\": [1]}</tool_call>",
            "<tool_call>{\"nam\": 1}</tool_call>",
            "<tool_call>[]</tool_call>",
            "<tool_call></tool_call>",
            "The tag <tool_call> begins a call. ",
            "Look: <tool_call>\n",
            "Look: <tool_ca")) {
      assertThat(read(TAGS, broken)).as(broken).containsExactly(said(broken));
    }
  }

  @Test
  void behindABrokenCallAGoodOneIsRead() {
    assertThat(
            read(
                TAGS,
                "<tool_call>{\"name\": </tool_call><tool_call>{\"name\":"
                    + " \"get_time\"}</tool_call>"))
        .containsExactly(said("<tool_call>{\"name\": </tool_call>"), call(0, "get_time", "{}"));
  }

  @Test
  void whoWasGivenNoToolsCallsNone() {
    String answer = "<tool_call>{\"name\": \"get_time\"}</tool_call>\n";
    assertThat(read(TAGS, "", List.of(), answer)).containsExactly(said(answer));
  }

  @Test
  void aCallMayFollowThinkingOrEndIt() {
    String call = "<tool_call>{\"name\": \"get_time\"}</tool_call>";
    assertThat(read(TAGS, "<think>What time is it?</think>\n\n" + call))
        .containsExactly(thought("What time is it?"), call(0, "get_time", "{}"));
    assertThat(read(TAGS, "<think>What time is it?\n" + call))
        .containsExactly(thought("What time is it?"), call(0, "get_time", "{}"));
    assertThat(read(TAGS, "<think>I write <tool_call> now.</think>" + call))
        .containsExactly(thought("I write <tool_call> now."), call(0, "get_time", "{}"));
  }

  @Test
  void anAnswerThatIsACallNeedsNoMarks() {
    assertThat(read(BARE, " {\"name\": \"get_time\", \"parameters\": {\"zone\": \"UTC\"}}\n"))
        .containsExactly(call(0, "get_time", "{\"zone\": \"UTC\"}"));
    assertThat(read(BARE, "<|python_tag|>{\"name\": \"get_time\"}; {\"name\": \"get_time\"}"))
        .containsExactly(call(0, "get_time", "{}"), call(1, "get_time", "{}"));
    assertThat(read(BARE, "{\"tool_calls\": [{\"name\": \"get_time\", \"arguments\": {}}]}"))
        .containsExactly(call(0, "get_time", "{}"));
    assertThat(read(BARE, "{\"get_time\": {\"zone\": \"UTC\"}}"))
        .containsExactly(call(0, "get_time", "{\"zone\": \"UTC\"}"));
    assertThat(read(BARE, "[get_weather(city='Rome', days=2), get_time()]"))
        .containsExactly(
            call(0, "get_weather", "{\"city\":\"Rome\",\"days\":2}"), call(1, "get_time", "{}"));
  }

  @Test
  void jsonThatIsNoCallOfAKnownToolIsContent() {
    for (String answer :
        List.of(
            "{\"name\": \"Ada\", \"parameters\": {}}",
            "{\"answer\": 42} ",
            "[1, 2, 3]",
            "{{ x }}",
            "Use {\"name\": \"get_time\"} for that.")) {
      assertThat(read(BARE, answer)).as(answer).containsExactly(said(answer));
    }
  }

  @Test
  void callsBetweenMarksThatNobodyKnowsAreReadAsTheTemplateWritesThem() {
    AnswerFormat format = Answers.writing("<|use|>" + JSON + "<|/use|>");
    assertThat(format.family()).isEqualTo("own marks");
    assertThat(read(format, "So <|use|>{\"name\": \"get_time\"}<|/use|><|use|>[{\"name\": \"a\"}]"))
        .containsExactly(said("So"), call(0, "get_time", "{}"), call(1, "a", "{}"));
  }

  @Test
  void aTemplateThatKnowsNoToolsHasNoFamily() {
    AnswerFormat format =
        AnswerFormat.ofJinja("{% for m in messages %}{{ m.content }}{% endfor %}");
    assertThat(format.calls()).isFalse();
    assertThat(read(format, "{\"name\": \"get_time\"}"))
        .containsExactly(said("{\"name\": \"get_time\"}"));
  }

  @Test
  void anEndlessCallIsGivenBackAtItsBound() {
    AnswerParser parser = TAGS.parser("", Answers.TOOLS);
    List<Part> parts =
        new ArrayList<>(parser.feed("<tool_call>{\"name\": \"get_time\", \"a\": \""));
    String piece = "x".repeat(64 * 1024);
    int fed = 0;
    for (; parts.isEmpty() && fed <= 2 * Calls.MAX_CALL; fed += piece.length()) {
      parts.addAll(parser.feed(piece));
    }
    assertThat(fed).isLessThanOrEqualTo(Calls.MAX_CALL + piece.length());
    assertThat(parser.feed("y")).containsExactly(said("y"));
  }

  @Test
  void deepNestingIsContent() {
    String deep = "<tool_call>" + "[".repeat(100_000);
    assertThat(Answers.parts(TAGS.parser("", Answers.TOOLS), List.of(deep)))
        .containsExactly(said(deep));
    String python = "<|tool_call_start|>[f(a=" + "[".repeat(100_000) + "<|tool_call_end|>";
    AnswerFormat lfm =
        Answers.writing(
            "<|tool_call_start|>[",
            "{{ f.name }}({% for k, v in f.arguments.items() %}{{ k }}='{{ v }}'{% endfor %})",
            "]<|tool_call_end|>");
    assertThat(Answers.parts(lfm.parser("", Answers.TOOLS), List.of(python)))
        .containsExactly(said(python));
  }

  @Test
  void aLongCallInSmallPiecesIsGoneThroughOnce() {
    StringBuilder text = new StringBuilder("<tool_call>{\"name\": \"f\", \"arguments\": {\"a\": [");
    text.append("{},".repeat(100_000)).append("{}]}}</tool_call>");
    AnswerParser parser = TAGS.parser("", Answers.TOOLS);
    List<Part> parts = new ArrayList<>();
    for (int at = 0; at < text.length(); at += 3) {
      parts.addAll(parser.feed(text.substring(at, Math.min(at + 3, text.length()))));
    }
    assertThat(parts).hasSize(1);
    assertThat(parser.finish()).isEmpty();
  }

  @Test
  void whatIsMadeToBeSearchedAgainAndAgainIsGoneThroughOnce() {
    AnswerFormat tags =
        Answers.writing(
            "<tool_call><function={{ f.name }}>{%- for k, v in f.arguments.items() -%}"
                + "<parameter={{ k }}>{{ v }}</parameter>{%- endfor -%}</function></tool_call>");
    String open = "<tool_call><function=f>" + "<parameter=a>".repeat(60_000) + "</function>";
    assertThat(Answers.parts(tags.parser("", Answers.TOOLS), List.of(open)))
        .containsExactly(call(0, "f", "{\"a\":\"\"}"));
    String many = "<tool_call>{\"name\": ".repeat(50_000);
    assertThat(Answers.parts(TAGS.parser("", Answers.TOOLS), List.of(many)))
        .containsExactly(said(many.stripTrailing() + " "));
  }
}
