package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// How much of the prompts a step takes.
class PaceTest {
  private static final long MILLI = 1_000_000;

  private final Pace pace = new Pace();

  @Test
  void aStepThatHoldsAnAnswerUpLastsATenthOfASecond() {
    pace.took(64, 64 * MILLI);
    assertThat(pace.tokens(Pace.ANSWERING, 512)).as("whole groups of rows").isEqualTo(96);
    assertThat(pace.tokens(Pace.READING, 512)).isEqualTo(192);
    assertThat(pace.tokens(Pace.ALONE, 512)).isEqualTo(400);
  }

  @Test
  void aSlowModelReadsLittleAtATimeButGoesOn() {
    pace.took(64, 64_000 * MILLI);
    assertThat(pace.tokens(Pace.ANSWERING, 512)).isEqualTo(16);
  }

  @Test
  void noStepIsLargerThanABatch() {
    assertThat(pace.tokens(Pace.ALONE, 32)).as("while nothing is known").isEqualTo(32);
    pace.took(32, MILLI);
    assertThat(pace.tokens(Pace.ANSWERING, 32)).isEqualTo(32);
    assertThat(pace.tokens(Pace.ANSWERING, 3)).as("what answers leave of it").isEqualTo(3);
  }

  @Test
  void aMomentOfSlownessIsForgotten() {
    pace.took(64, 64_000 * MILLI);
    for (int i = 0; i < 30; i++) {
      int tokens = pace.tokens(Pace.ANSWERING, 512);
      pace.took(tokens, tokens * MILLI);
    }
    assertThat(pace.tokens(Pace.ANSWERING, 512)).isEqualTo(96);
  }

  @Test
  void smallStepsSayNothingAboutLargeOnes() {
    pace.took(64, 64 * MILLI);
    pace.took(1, 50 * MILLI);
    pace.took(0, 50 * MILLI);
    assertThat(pace.tokens(Pace.ANSWERING, 512)).isEqualTo(96);
  }

  @Test
  void whoeverComputesBesideAPromptShortensItsSteps() {
    assertThat(Pace.budget(0, 1)).isEqualTo(Pace.ALONE);
    assertThat(Pace.budget(0, 2))
        .as("another prompt, a text, one who waits")
        .isEqualTo(Pace.READING);
    assertThat(Pace.budget(1, 2)).isEqualTo(Pace.ANSWERING);
  }
}
