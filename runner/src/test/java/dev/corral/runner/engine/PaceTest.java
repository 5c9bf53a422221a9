package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// How much of the prompts a step takes.
class PaceTest {
  private static final long MILLI = 1_000_000;

  private final Pace pace = new Pace();

  @Test
  void aStepThatOthersWaitForLastsATenthOfASecond() {
    pace.took(64, 64 * MILLI);
    assertThat(pace.tokens(true, 512)).as("whole groups of rows").isEqualTo(96);
    assertThat(pace.tokens(false, 512)).isEqualTo(400);
  }

  @Test
  void aSlowModelReadsLittleAtATimeWhileOthersWait() {
    pace.took(64, 640 * MILLI);
    assertThat(pace.tokens(true, 512)).isEqualTo(10);
    pace.took(64, 64_000 * MILLI);
    assertThat(pace.tokens(true, 512)).as("but goes on").isEqualTo(4);
  }

  @Test
  void noStepIsLargerThanABatch() {
    assertThat(pace.tokens(false, 32)).as("while nothing is known").isEqualTo(32);
    pace.took(32, MILLI);
    assertThat(pace.tokens(true, 32)).isEqualTo(32);
    assertThat(pace.tokens(true, 3)).as("what answers leave of it").isEqualTo(3);
  }

  @Test
  void aMomentOfSlownessIsForgotten() {
    pace.took(64, 64_000 * MILLI);
    for (int i = 0; i < 30; i++) {
      int tokens = pace.tokens(true, 512);
      pace.took(tokens, tokens * MILLI);
    }
    assertThat(pace.tokens(true, 512)).isEqualTo(96);
  }

  @Test
  void smallStepsSayNothingAboutLargeOnes() {
    pace.took(64, 64 * MILLI);
    pace.took(1, 50 * MILLI);
    pace.took(0, 50 * MILLI);
    assertThat(pace.tokens(true, 512)).isEqualTo(96);
  }
}
