package dev.corral.templates.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.templates.ChatInput;
import dev.corral.templates.Json;
import dev.corral.templates.Rendered;
import dev.corral.templates.Run;
import java.util.List;
import org.junit.jupiter.api.Test;

class GoTemplateTest {
  private static final String OLD =
      "{{ if .System }}S:{{ .System }} {{ end }}{{ if .Prompt }}U:{{ .Prompt }} {{ end }}A:{{"
          + " .Response }}<end>";

  @Test
  void neighboursOfOneRoleAreMergedButResultsOfToolsAreNot() {
    assertThat(
            rendered(
                "{{ range .Messages }}{{ .Role }}={{ .Content }};{{ end }}",
                said("user", "a"),
                said("user", "b"),
                said("tool", "1"),
                said("tool", "2")))
        .isEqualTo("user=a\n\nb;tool=1;tool=2;");
  }

  @Test
  void allSystemMessagesAreOneAndStayInTheirPlaces() {
    assertThat(
            rendered(
                "[{{ .System }}]{{ range .Messages }}{{ .Role }} {{ end }}",
                said("system", "a"),
                said("user", "u"),
                said("system", "b")))
        .isEqualTo("[a\n\nb]system user system ");
  }

  @Test
  void anOldTemplateRunsOncePerTurnAndTheLastIsCutBehindItsAnswer() {
    assertThat(
            rendered(
                OLD,
                said("system", "s"),
                said("user", "one"),
                said("assistant", "two"),
                said("user", "three")))
        .isEqualTo("S:s U:one A:two<end>U:three A:");
  }

  @Test
  void anAnswerThatIsThereIsContinued() {
    assertThat(rendered(OLD, said("user", "one"), said("assistant", "two")))
        .isEqualTo("U:one A:two");
  }

  @Test
  void aTemplateWithoutResponseGetsOne() {
    assertThat(rendered("{{ .Prompt }}:", said("user", "u"), said("assistant", "a")))
        .isEqualTo("u:a");
  }

  @Test
  void aCutInsideOfABranchEndsTheBranchToo() {
    assertThat(
            rendered(
                "{{ if .Prompt }}{{ .Prompt }}{{ .Response }}x{{ else }}y{{ end }}z",
                said("user", "u")))
        .isEqualTo("u");
  }

  @Test
  void aGapIsFilledInOnePass() {
    assertThat(
            Run.text(
                Run.go(
                    "{{ if .Suffix }}<pre>{{ .Prompt }}<suf>{{ .Suffix }}<mid>{{ else }}{{ .Prompt"
                        + " }}{{ end }}",
                    ChatInput.fillIn("a", "b"))))
        .isEqualTo("<pre>a<suf>b<mid>");
  }

  @Test
  void toolsAndArgumentsPrintAsJson() {
    ChatInput input =
        ChatInput.of(
                List.of(
                    Run.message(
                        """
                        {"role": "assistant", "tool_calls": [{"id": "c", "function":
                          {"name": "f", "arguments": {"b": 1, "a": "<x>"}}}]}\
                        """)))
            .withTools(List.of(tool()));
    assertThat(
            Run.text(
                Run.go(
                    "{{ range .Messages }}{{ range .ToolCalls }}{{ .ID }} {{ .Function.Name }}{{"
                        + " .Function.Arguments }}{{ range $k, $v := .Function.Arguments }}{{ $k"
                        + " }}={{ $v }} {{ end }}{{ end }}{{ end }}",
                    input)))
        .isEqualTo("c f{\"a\":\"\\u003cx\\u003e\",\"b\":1}a=<x> b=1 ");
    String json =
        "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"d\",\"parameters\":"
            + "{\"type\":\"object\",\"required\":[\"q\"],\"properties\":{\"q\":{\"type\":[\"string\",\"null\"],"
            + "\"description\":\"what\"}}}}}";
    assertThat(Run.text(Run.go("{{ .Tools }}{{ .Messages | len }}", input)))
        .isEqualTo("[" + json + "]1");
    assertThat(
            Run.text(
                Run.go(
                    "{{ range .Tools }}{{ . }}{{ range $n, $p := .Function.Parameters.Properties"
                        + " }}{{ $n }}: {{ toTypeScriptType $p }} {{ $p.Type }} {{ $p.Description"
                        + " }}{{ end }}{{ end }}{{ .Messages | len }}",
                    input)))
        .isEqualTo(json + "q: string | null [string null] what1");
  }

  @Test
  void aPartWithANameCountsForWhatATemplateKnows() {
    String parts =
        "{{ define \"turn\" }}[{{ .Role }}]{{ end }}"
            + "{{ define \"all\" }}{{ range .Messages }}{{ template \"turn\" . }}{{ end }}{{ end }}"
            + "{{ template \"all\" . }}";
    assertThat(rendered(parts, said("user", "u"), said("assistant", "a")))
        .isEqualTo("[user][assistant]");
    assertThat(GoTemplate.compile(parts).identifiers()).contains("messages", "role");
  }

  @Test
  void aMessageEqualsItselfAlone() {
    assertThat(
            rendered(
                "{{ range .Messages }}{{ eq . (index $.Messages 0) }} {{ end }}",
                said("user", "u"),
                said("assistant", "a"),
                said("user", "u")))
        .isEqualTo("true false false ");
  }

  @Test
  void aChoiceThatIsNotThereIsAnEmptyListAndTheDataPrintInOrder() {
    ChatInput input = ChatInput.of(List.of()).withTools(List.of(tool()));
    String source =
        "{{ range .Tools }}{{ range .Function.Parameters.Properties }}{{ .Enum }}{{ len .Enum }}"
            + "{{ end }}{{ end }}{{ len .Messages }}";
    assertThat(Run.text(Run.go(source, input))).isEqualTo("[]00");
    assertThat(rendered("{{ . }}", said("user", "u")))
        .isEqualTo("map[IsThinkSet:false Prompt:u Response: System: Think:false ThinkLevel:]");
  }

  @Test
  void thinkingIsAWishALevelOrUnsaid() {
    String source = "{{ .Think }} {{ .ThinkLevel }} {{ .IsThinkSet }}{{ .Messages | len }}";
    ChatInput input = ChatInput.of(List.of());
    assertThat(Run.text(Run.go(source, input))).isEqualTo("false  false0");
    assertThat(Run.text(Run.go(source, input.withThink(Json.of(false))))).isEqualTo("false  true0");
    assertThat(Run.text(Run.go(source, input.withThink(Json.of(true)))))
        .isEqualTo("true medium true0");
    assertThat(Run.text(Run.go(source, input.withThink(Json.user("low")))))
        .isEqualTo("true low true0");
  }

  @Test
  void messagesOfOpenAiReadAlike() {
    assertThat(
            rendered(
                "{{ range .Messages }}{{ .Content }}|{{ .Thinking }}|{{ .ToolName }}|"
                    + "{{ range .ToolCalls }}{{ .Function.Arguments }}{{ end }};{{ end }}",
                "{\"role\": \"USER\", \"content\": [{\"type\": \"text\", \"text\": \"a\"},"
                    + " {\"type\": \"text\", \"text\": \"b\"}]}",
                "{\"role\": \"assistant\", \"content\": null, \"reasoning_content\": \"hm\","
                    + " \"tool_calls\": [{\"function\": {\"name\": \"f\", \"arguments\":"
                    + " \"{\\\"x\\\": 1}\"}}]}",
                "{\"role\": \"tool\", \"content\": \"r\", \"name\": \"f\"}"))
        .isEqualTo("ab|||;|hm||{\"x\":1};r||f|;");
  }

  @Test
  void aFieldThatATypeLacksIsAnError() {
    assertThat(
            Run.go(
                "{{ range .Messages }}{{ .Nope }}{{ end }}",
                ChatInput.of(List.of(Run.message(said("user", "x"))))))
        .isEqualTo(
            new Rendered.Failed("a value of type *template.templateMessage has no 'Nope'", 1));
  }

  @Test
  void theNamesOfATemplateTellWhatItCanDo() {
    assertThat(
            GoTemplate.compile("{{ if .Suffix }}{{ end }}{{ range $.Tools }}{{ end }}")
                .identifiers())
        .contains("suffix", "tools")
        .doesNotContain("messages");
  }

  private static String said(String role, String content) {
    return "{\"role\": \"" + role + "\", \"content\": \"" + content + "\"}";
  }

  private static Json tool() {
    return Run.message(
        """
        {"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object",
          "required": ["q"], "properties": {"q": {"type": ["string", "null"], "description": "what", "default": 3}}}}}\
        """);
  }

  private static String rendered(String source, String... messages) {
    return Run.text(
        Run.go(source, ChatInput.of(List.of(messages).stream().map(Run::message).toList())));
  }
}
