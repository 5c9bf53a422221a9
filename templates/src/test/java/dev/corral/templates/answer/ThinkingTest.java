package dev.corral.templates.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ThinkingTest {
  private static final AnswerFormat FORMAT =
      AnswerFormat.ofJinja(
          "{% for m in messages %}{{ m.content.split('</think>')[-1] }}{% endfor %}");

  @Test
  void whatStandsBetweenTheTagsIsThinking() {
    AnswerParser parser = FORMAT.parser("", List.of());
    assertThat(parser.feed("<think> Let me think.\n</thi"))
        .containsExactly(new Part.Thinking(" Let me think."));
    assertThat(parser.feed("nk>\n\n The fox")).containsExactly(new Part.Content(" The fox"));
    assertThat(parser.finish()).isEmpty();
  }

  @Test
  void anAnswerBeginsInsideTheThinkingThatItsPromptOpened() {
    AnswerParser parser = FORMAT.parser("<|assistant|><think>\n", List.of());
    assertThat(parser.feed("Hm.</think>Yes."))
        .containsExactly(new Part.Thinking("Hm."), new Part.Content("Yes."));
  }

  @Test
  void aModelWithoutMarksOnlySpeaks() {
    AnswerParser parser = AnswerFormat.PLAIN.parser("", List.of());
    assertThat(parser.feed("<think>")).containsExactly(new Part.Content("<think>"));
  }
}
