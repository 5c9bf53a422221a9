package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
  private long now;

  private Progress progress(boolean terminal) {
    PrintStream err = new PrintStream(seen, true, StandardCharsets.UTF_8);
    return new Progress(new Screen(err, err, false, false, terminal, false), false, () -> now);
  }

  private String seen() {
    return seen.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aTerminalSeesOneLineWithRateAndTimeLeft() {
    try (Progress progress = progress(true)) {
      for (int second = 1; second <= 4; second++) {
        now = second * SECOND;
        progress.bytes("pulling a", second * 10_000_000L, 100_000_000);
      }
    }
    assertThat(seen()).contains(" 40% ▕████████            ▏ 40 MB/100 MB  10 MB/s  6s");
    assertThat(seen().chars().filter(c -> c == '\n')).as("lines begun").hasSize(1);
  }

  @Test
  void timeLeftIsToldInItsTwoLargestUnits() {
    try (Progress progress = progress(true)) {
      for (int second = 1; second <= 4; second++) {
        now = second * SECOND;
        progress.bytes("pulling a", second * 1_000_000L, 9_004_000_000L);
      }
      progress.bytes("pulling b", 0, 1);
      for (int second = 5; second <= 8; second++) {
        now = second * SECOND;
        progress.bytes("pulling b", (second - 4) * 1_000_000L, 154_000_000);
      }
    }
    assertThat(seen()).contains("  2h30m", "  2m30s");
  }

  @Test
  void aPercentageNeverFalls() {
    try (Progress progress = progress(false)) {
      now = 2 * SECOND;
      progress.bytes("pulling a", 50, 100);
      now = 4 * SECOND;
      progress.bytes("pulling a", 20, 100);
      now = 6 * SECOND;
      progress.bytes("pulling a", 61, 100);
    }
    assertThat(seen().lines()).hasSize(2);
    assertThat(seen()).contains(" 50%", " 61%").doesNotContain(" 20%");
  }

  @Test
  void aLogGetsAFewLinesAndTheEnd() {
    try (Progress progress = progress(false)) {
      progress.step("pulling manifest");
      for (int percent = 0; percent <= 100; percent++) {
        now += SECOND / 20;
        progress.bytes("pulling a", percent, 100);
      }
    }
    assertThat(seen().lines().count()).isBetween(4L, 8L);
    assertThat(seen()).contains("pulling manifest\n").contains("100% 100 B/100 B");
  }
}
