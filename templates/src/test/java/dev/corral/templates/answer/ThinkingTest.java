package dev.corral.templates.answer;

import static dev.corral.templates.answer.Answers.said;
import static dev.corral.templates.answer.Answers.thought;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThinkingTest {
  private static final AnswerFormat THINKS = mentioning("</think>");

  /// A template that knows these words, as templates do that cut the thinking out of old turns.
  private static AnswerFormat mentioning(String words) {
    return AnswerFormat.ofJinja(
        "{% set known = '"
            + words
            + "' %}{% for m in messages %}{{ m.content.split(known)[-1] }}{% endfor %}");
  }

  private static List<Part> read(AnswerFormat format, String prompt, String answer) {
    return Answers.read(format, prompt, List.of(), answer);
  }

  @Test
  void whatStandsBetweenTheTagsIsThinking() {
    assertThat(read(THINKS, "", "<think>\nLet me think.\n</think>\n\nThe fox."))
        .containsExactly(thought("Let me think."), said("The fox."));
    assertThat(THINKS.thinks()).isTrue();
  }

  @Test
  void onlyLineBreaksAreNobodysText() {
    assertThat(read(THINKS, "", "<think> Let me think.</think> The fox."))
        .containsExactly(thought(" Let me think."), said(" The fox."));
  }

  @Test
  void ofGoTemplatesAllWhiteSpaceIsNobodysText() {
    AnswerFormat format =
        AnswerFormat.ofGo(
            "{{ range .Messages }}{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}"
                + "{{ .Content }}{{ end }}");
    assertThat(read(format, "", "<think> Let me think. </think> The fox."))
        .containsExactly(thought("Let me think."), said("The fox."));
  }

  @Test
  void thinkingComesAsItIsWritten() {
    AnswerParser parser = THINKS.parser("", List.of());
    assertThat(parser.feed("<think>Let")).containsExactly(thought("Let"));
    assertThat(parser.feed(" me</")).containsExactly(thought(" me"));
    assertThat(parser.feed("b></thi")).containsExactly(thought("</b>"));
    assertThat(parser.feed("nk>Yes")).containsExactly(said("Yes"));
  }

  @Test
  void anAnswerBeginsInsideTheThinkingThatItsPromptOpened() {
    assertThat(read(THINKS, "<|assistant|><think>\n", "Hm.</think>Yes."))
        .containsExactly(thought("Hm."), said("Yes."));
  }

  @Test
  void aModelMayOpenTheThinkingThatItsPromptOpened() {
    assertThat(read(THINKS, "<think>", "\n<think>\nHm.</think>Yes."))
        .containsExactly(thought("Hm."), said("Yes."));
  }

  @Test
  void aPromptThatClosedTheThinkingIsFollowedByContent() {
    assertThat(read(THINKS, "<think>\n\n</think>\n\n", "Yes.")).containsExactly(said("Yes."));
  }

  @Test
  void emptyThinkingIsNone() {
    assertThat(read(THINKS, "", "<think>\n\n</think>\n\nYes.")).containsExactly(said("Yes."));
    assertThat(read(THINKS, "", "</think>Yes.")).containsExactly(said("Yes."));
  }

  @Test
  void thinkingThatNeverEndsIsThinking() {
    assertThat(read(THINKS, "", "<think>Hm, <b")).containsExactly(thought("Hm, <b"));
  }

  @Test
  void whoWritesAboutTheTagDoesNotThink() {
    String answer = "Write <think> and </think> around it. ";
    assertThat(read(THINKS, "", answer)).containsExactly(said(answer));
  }

  @Test
  void aModelThatDoesNotThinkOnlySpeaks() {
    assertThat(read(THINKS, "", "  Yes. ")).containsExactly(said("  Yes. "));
    assertThat(read(THINKS, "", "\n")).containsExactly(said("\n"));
    assertThat(read(AnswerFormat.PLAIN, "", "<think>")).containsExactly(said("<think>"));
    assertThat(AnswerFormat.ofJinja("{% broken")).isSameAs(AnswerFormat.PLAIN);
    assertThat(AnswerFormat.ofGo("{{ broken")).isSameAs(AnswerFormat.PLAIN);
  }

  @Test
  void aTagThatIsATokenCountsAnywhere() {
    assertThat(read(mentioning("[THINK]"), "", "So: [THINK]Hm.[/THINK]Yes."))
        .containsExactly(said("So: "), thought("Hm."), said("Yes."));
  }

  @Test
  void everyKnownPairOfTagsIsRead() {
    for (Layout layout : Layout.KNOWN) {
      layout
          .thinking()
          .ifPresent(tags -> {
            AnswerFormat format = mentioning(String.join(" ", layout.marks()));
            String answer = tags.open() + "\nHm.\n" + tags.close() + "\nYes.";
            assertThat(read(format, "", answer))
                .as(tags.open())
                .containsExactly(thought("Hm."), said("Yes."));
          });
    }
  }

  @Test
  void tagsThatNobodyKnowsAreReadFromWhatTheTemplateWrites() {
    AnswerFormat format =
        AnswerFormat.ofJinja(
            "{% for m in messages %}{% if m.thinking %}\n<musing>{{ m.thinking }}</musing>\n"
                + "{% endif %}{{ m.content }}{% endfor %}");
    assertThat(read(format, "", "<musing>Hm.</musing>\nYes."))
        .containsExactly(thought("Hm."), said("Yes."));
  }

  @Test
  void marksAroundContentAreNobodysText() {
    assertThat(
            read(
                mentioning("<|START_THINKING|>"),
                "<|START_THINKING|>",
                "Hm.<|END_THINKING|><|START_TEXT|>Yes.<|END_TEXT|>"))
        .containsExactly(thought("Hm."), said("Yes."));
    assertThat(
            read(
                mentioning("<think></think> <response></response>"),
                "",
                "<think>Hm.</think>\n<response>Yes.</response>"))
        .containsExactly(thought("Hm."), said("Yes."));
  }

  @Test
  void headersTellThinkingFromContent() {
    AnswerFormat channels = mentioning("<|channel|> <|message|>");
    assertThat(
            read(
                channels,
                "<|start|>assistant",
                "<|channel|>analysis<|message|>Hm.<|end|>"
                    + "<|start|>assistant<|channel|>final<|message|>Yes. <|x|>"))
        .containsExactly(thought("Hm."), said("Yes. <|x|>"));
    AnswerFormat recipients = mentioning("to=self <|message|>");
    assertThat(
            read(
                recipients,
                "<|start|>assistant",
                " to=self<|message|>Hm.<|eom|><|start|>assistant to=user<|message|>Yes."))
        .containsExactly(thought("Hm."), said("Yes."));
  }

  @Test
  void aHeaderThatNeverEndsIsContent() {
    String answer = "<|channel|>" + "x".repeat(2 * Headers.MAX);
    assertThat(read(mentioning("<|channel|> <|message|>"), "", answer))
        .containsExactly(said(answer));
  }
}
