package dev.corral.templates.answer;

import static dev.corral.templates.answer.Answers.call;
import static dev.corral.templates.answer.Answers.read;
import static dev.corral.templates.answer.Answers.said;
import static dev.corral.templates.answer.Answers.thought;
import static dev.corral.templates.answer.Answers.writing;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The families whose arguments stand between tags, without quotes.
class TaggedFamilyTest {
  private static String each(String argument) {
    return "{%- for k, v in f.arguments.items() -%}" + argument + "{%- endfor -%}";
  }

  private static void isFamily(AnswerFormat format, String name) {
    assertThat(format.family()).isEqualTo(name);
  }

  @Test
  void functionTags() {
    AnswerFormat format =
        writing(
            "<tool_call><function={{ f.name }}>"
                + each("<parameter={{ k }}>{{ v }}</parameter>")
                + "</function></tool_call>");
    isFamily(format, "function tags");
    assertThat(
            read(
                format,
                """
                Let me look.
                <tool_call>
                <function=get_weather>
                <parameter=city>
                "New
                York"
                </parameter>
                <parameter=days>
                3
                </parameter>
                <parameter=more>{"a": [1.0]}</parameter>
                </function>
                </tool_call>
                <tool_call><function=get_time></function></tool_call>
                """))
        .containsExactly(
            said("Let me look."),
            call(
                0,
                "get_weather",
                "{\"city\":\"\\\"New\\nYork\\\"\",\"days\":3,\"more\":{\"a\": [1.0]}}"),
            call(1, "get_time", "{}"));
  }

  @Test
  void functionTagsWithAValueThatIsLeftOpenOrOfNoKnownType() {
    AnswerFormat format =
        writing(
            "<seed:tool_call><function={{ f.name }}>"
                + each("<parameter={{ k }}>{{ v }}</parameter>")
                + "</function></seed:tool_call>");
    isFamily(format, "seed");
    assertThat(
            read(
                format,
                "<seed:tool_call><function=get_weather><parameter=city>Rome<parameter=days>many"
                    + "</parameter><parameter=x>3</parameter><parameter=y>null</parameter>"
                    + "</function></seed:tool_call>"))
        .containsExactly(
            call(0, "get_weather", "{\"city\":\"Rome\",\"days\":\"many\",\"x\":\"3\",\"y\":null}"));
  }

  @Test
  void invocationsAndTheirParameters() {
    AnswerFormat minimax =
        writing(
            "<minimax:tool_call>",
            "<invoke name=\"{{ f.name }}\">"
                + each("<parameter name=\"{{ k }}\">{{ v }}</parameter>")
                + "</invoke>",
            "</minimax:tool_call>");
    isFamily(minimax, "minimax");
    assertThat(
            read(
                minimax,
                """
                <minimax:tool_call>
                <invoke name="get_weather">
                <parameter name="days">2</parameter>
                </invoke>
                <invoke name="get_time">
                </invoke>
                </minimax:tool_call>\
                """))
        .containsExactly(call(0, "get_weather", "{\"days\":2}"), call(1, "get_time", "{}"));
    AnswerFormat dsml =
        writing(
            "<｜DSML｜function_calls>",
            "<｜DSML｜invoke name=\"{{ f.name }}\">"
                + each(
                    "<｜DSML｜parameter name=\"{{ k }}\" string=\"true\">{{ v }}</｜DSML｜parameter>")
                + "</｜DSML｜invoke>",
            "</｜DSML｜function_calls>");
    isFamily(dsml, "dsml");
    assertThat(
            read(
                dsml,
                """
                <｜DSML｜function_calls>
                <｜DSML｜invoke name="f">
                <｜DSML｜parameter name="a" string="true">1</｜DSML｜parameter>
                <｜DSML｜parameter name="b" string="false">[1]</｜DSML｜parameter>
                </｜DSML｜invoke>
                </｜DSML｜function_calls>\
                """))
        .containsExactly(call(0, "f", "{\"a\":\"1\",\"b\":[1]}"));
    AnswerFormat open =
        writing(
            "<|open|>tools<|sep|>",
            "<|open|>call tool=\"{{ f.name }}\" index=\"1\"<|sep|>"
                + each(
                    "<|open|>argument key=\"{{ k }}\" type=\"string\"<|sep|>{{ v }}"
                        + "<|close|>argument<|sep|>")
                + "<|close|>call<|sep|>",
            "<|close|>tools<|sep|>");
    isFamily(open, "open and close");
    assertThat(
            read(
                open,
                "<|open|>tools<|sep|><|open|>call tool=\"f\" index=\"1\"<|sep|>"
                    + "<|open|>argument key=\"n\" type=\"number\"<|sep|>3.0<|close|>argument<|sep|>"
                    + "<|close|>call<|sep|><|close|>tools<|sep|>"))
        .containsExactly(call(0, "f", "{\"n\":3.0}"));
  }

  @Test
  void paramTagsAndAtem() {
    AnswerFormat param =
        writing(
            "<function name=\"{{ f.name }}\">"
                + each("<param name=\"{{ k }}\">{{ v }}</param>")
                + "</function>");
    isFamily(param, "param tags");
    assertThat(read(param, "<function name=\"f\"><param name=\"a\">b</param></function> And so."))
        .containsExactly(call(0, "f", "{\"a\":\"b\"}"), said("And so."));
    AnswerFormat atem =
        writing(
            " to={{ 'self' }}<|message|><atem:function_calls><atem:invoke name=\"{{ f.name }}\">"
                + each("<atem:parameter name=\"{{ k }}\">{{ v }}</atem:parameter>")
                + "</atem:invoke></atem:function_calls><|eot|>{# to=self #}");
    isFamily(atem, "atem");
    assertThat(
            read(
                atem,
                " to=self<|message|>Hm.<|eom|><|start|>assistant to=f<|message|>"
                    + "<atem:function_calls>\n<atem:invoke name=\"f\">\n"
                    + "<atem:parameter name=\"a\">b</atem:parameter>\n"
                    + "</atem:invoke>\n</atem:function_calls><|eot|>"))
        .containsExactly(thought("Hm."), call(0, "f", "{\"a\":\"b\"}"));
  }

  @Test
  void elementsWithinElements() {
    String token = "]<]minimax[>[";
    AnswerFormat format =
        writing(
            token + "<tool_call>",
            token
                + "<invoke name=\"{{ f.name }}\">"
                + each(token + "<{{ k }}>{{ v }}" + token + "</{{ k }}>")
                + token
                + "</invoke>",
            token + "</tool_call>");
    isFamily(format, "minimax");
    String answer =
        "T<tool_call>\n"
            + "T<invoke"
            + " name=\"f\">T<city>RomeT</city>T<list>T<item>1T</item>T<item>T<item>xT</item>T</item>T</list>T<map>T<map>trueT</map>T</map>T</invoke>\n"
            + "T</tool_call>";
    assertThat(
            read(
                format,
                answer.replaceAll("T(?=<)", java.util.regex.Matcher.quoteReplacement(token))))
        .containsExactly(
            call(0, "f", "{\"city\":\"Rome\",\"list\":[1,[\"x\"]],\"map\":{\"map\":true}}"));
  }

  @Test
  void keysAndValues() {
    AnswerFormat format =
        writing(
            "<tool_call>{{ f.name }}\n"
                + each("<arg_key>{{ k }}</arg_key>\n<arg_value>{{ v }}</arg_value>\n")
                + "</tool_call>");
    isFamily(format, "keys and values");
    assertThat(
            read(
                format,
                """
                <tool_call>get_weather
                <arg_key>city</arg_key>
                <arg_value>a </b></arg_value>
                <arg_key>days</arg_key>
                <arg_value>2</arg_value>
                </tool_call>
                <tool_call>get_time</tool_call>\
                """))
        .containsExactly(
            call(0, "get_weather", "{\"city\":\"a </b>\",\"days\":2}"), call(1, "get_time", "{}"));
    assertThat(
            read(
                format,
                "<tool_call>f<arg_key>a</arg_key><arg_value>x<arg_key>b</arg_key><arg_value>y"
                    + "</tool_call>"))
        .as("values that are left open")
        .containsExactly(call(0, "f", "{\"a\":\"x\",\"b\":\"y\"}"));
    String broken = "<tool_call>get_weather <arg_key>city</tool_call>";
    assertThat(read(format, broken)).containsExactly(said(broken));
  }
}
