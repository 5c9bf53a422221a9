package dev.corral.templates.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.templates.ChatInput;
import dev.corral.templates.Json;
import dev.corral.templates.Rendered;
import dev.corral.templates.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PreparationTest {
  private static final String CALL =
      """
      {"role": "assistant", "content": null, "tool_calls": [{"function":
        {"name": "weather", "arguments": %s}}]}\
      """;
  private static final String FIELDS = "{\"city\": \"Paris\", \"days\": 2}";
  private static final String TEXT = "\"{\\\"city\\\": \\\"Paris\\\", \\\"days\\\": 2}\"";

  @Test
  void contentThatIsNullIsEmpty() {
    assertThat(
            rendered("[{{ messages[0].content }}]", "{\"role\": \"assistant\", \"content\": null}"))
        .isEqualTo("[]");
  }

  @Test
  void toolsAreUndefinedWhereThereAreNone() {
    assertThat(rendered("{{ tools is defined }}{{ enable_thinking is defined }}", "{}"))
        .isEqualTo("FalseFalse");
  }

  @Test
  void argumentsAreFieldsForATemplateThatWritesThemAsJson() {
    String source = "{{ messages[-1].tool_calls[0].function.arguments | tojson }}";
    assertThat(rendered(source, CALL.formatted(FIELDS))).isEqualTo(FIELDS);
    assertThat(rendered(source, CALL.formatted(TEXT))).isEqualTo(FIELDS);
  }

  @Test
  void argumentsAreFieldsForATemplateThatGoesThroughThem() {
    String source =
        "{% for k, v in messages[-1].tool_calls[0].function.arguments | items %}{{ k }}={{ v }};{% endfor %}";
    assertThat(rendered(source, CALL.formatted(TEXT))).isEqualTo("city=Paris;days=2;");
  }

  @Test
  void argumentsAreTextForATemplateThatPrintsThem() {
    String source = "{{ '' + messages[-1].tool_calls[0].function.arguments }}";
    assertThat(rendered(source, CALL.formatted(FIELDS))).isEqualTo(FIELDS);
    assertThat(rendered(source, CALL.formatted(TEXT))).isEqualTo(FIELDS);
    String bare = "{{ messages[-1].tool_calls[0].function.arguments }}";
    assertThat(rendered(bare, CALL.formatted(FIELDS))).isEqualTo(FIELDS);
  }

  @Test
  void contentStaysNullBesideCallsWhereTheTemplateShowsThemOnlyThen() {
    String source =
        "{% for m in messages %}{% if m.content is none %}{{ m.tool_calls[0].function.arguments | tojson }}"
            + "{% else %}[{{ m.content }}]{% endif %}{% endfor %}";
    assertThat(rendered(source, CALL.formatted(FIELDS), "{\"role\": \"user\", \"content\": null}"))
        .isEqualTo(FIELDS + "[]");
  }

  @Test
  void brokenArgumentsAreKeptAsWhatTheyAre() {
    String source = "{{ messages[-1].tool_calls[0].function.arguments | tojson }}";
    assertThat(rendered(source, CALL.formatted("\"{not json\"")))
        .isEqualTo("{\"arguments\": \"{not json\"}");
  }

  @Test
  void partsBecomeTextUnlessTheTemplateTakesThem() {
    String parts =
        """
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}\
        """;
    String text = "{{ messages[0].content + '!' }}";
    assertThat(rendered(text, parts)).isEqualTo("ab!");
    String both =
        "{% set c = messages[0].content %}{% if c is string %}s:{{ c }}{% else %}"
            + "{% for p in c %}<{{ p.text }}>{% endfor %}{% endif %}";
    assertThat(rendered(both, parts)).isEqualTo("<a><b>");
    assertThat(rendered(both, "{\"role\": \"user\", \"content\": \"x\"}")).isEqualTo("s:x");
  }

  @Test
  void textBecomesOnePartForATemplateThatTakesNothingElse() {
    String source = "{% for p in messages[0].content %}<{{ p['text'] }}>{% endfor %}";
    assertThat(rendered(source, "{\"role\": \"user\", \"content\": \"x\"}")).isEqualTo("<x>");
  }

  @Test
  void thoughtsGoWhereTheTemplateLooksForThem() {
    String message = "{\"role\": \"assistant\", \"content\": \"4\", \"thinking\": \"2+2\"}";
    assertThat(rendered("{{ messages[0].reasoning_content }}", message)).isEqualTo("2+2");
    assertThat(rendered("{{ messages[0]['reasoning'] }}", message)).isEqualTo("2+2");
  }

  @Test
  void aLevelOfThinkingIsToldInAllTheWaysThatAreInUse() {
    String source = "{{ enable_thinking }} {{ thinking }} {{ reasoning_effort is defined }}";
    ChatInput input = ChatInput.of(List.of());
    assertThat(text(source, input.withThink(Json.user("high")))).isEqualTo("True True True");
    assertThat(text(source, input.withThink(Json.of(false)))).isEqualTo("False False False");
    assertThat(text(source, input.withThink(Json.of(true)).with("thinking", Json.of(3))))
        .isEqualTo("True 3 False");
  }

  @Test
  void theResultOfAToolHasItsName() {
    assertThat(
            rendered(
                "{{ messages[0].name }}",
                "{\"role\": \"tool\", \"content\": \"21\", \"tool_name\": \"weather\"}"))
        .isEqualTo("weather");
  }

  @Test
  void theProgramsOwnVariablesAreThere() {
    ChatInput input =
        ChatInput.of(List.of()).with("bos_token", Json.trusted("<s>")).withGenerationPrompt(false);
    assertThat(text("{{ bos_token }}{{ add_generation_prompt }}", input)).isEqualTo("<s>False");
  }

  @Test
  void aRefusalOfTheTemplateKeepsItsWords() {
    assertThat(Run.jinja("{{ raise_exception('only user roles') }}", ChatInput.of(List.of())))
        .isEqualTo(new Rendered.Raised("only user roles"));
  }

  @Test
  void aGapCannotBeFilled() {
    assertThat(Run.jinja("{{ messages }}", ChatInput.fillIn("a", "b")))
        .isInstanceOf(Rendered.Failed.class);
  }

  @Test
  void oneTemplateServesManyThreads() throws Exception {
    JinjaTemplate template =
        JinjaTemplate.compile(
            "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}"
                + "{{ ns.n }}{{ m.content }}{% endfor %}");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        ChatInput input = ChatInput.of(List.of(message("{\"content\": \"" + i + "\"}")));
        tasks.add(
            () -> Run.text(template.render(input, dev.corral.templates.Limits.USUAL, Run.NOON)));
      }
      List<Future<String>> results = threads.invokeAll(tasks);
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo("1" + i);
      }
    }
  }

  private static String rendered(String source, String... messages) {
    return text(
        source, ChatInput.of(List.of(messages).stream().map(PreparationTest::message).toList()));
  }

  private static Json.Fields message(String json) {
    return Run.message(json);
  }

  private static String text(String source, ChatInput input) {
    return Run.text(Run.jinja(source, input));
  }
}
