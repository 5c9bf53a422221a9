package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// Tools of vendors, played by small scripts.
@DisabledOnOs(OS.WINDOWS)
class ProgramsTest {
  @TempDir private Path folder;

  private Programs programs(Duration patience) {
    return new Programs(List.of(folder), patience);
  }

  private void script(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void whatAToolPrintsIsItsAnswer() throws IOException {
    script("tool", "echo \"$1 $LC_ALL\"; echo noise >&2");
    assertThat(programs(Duration.ofMinutes(2)).output(List.of("tool", "said")))
        .hasValue("said C\n");
  }

  @Test
  void aToolThatFailsOrIsNotThereTellsNothing() throws IOException {
    script("tool", "echo words; exit 9");
    Programs programs = programs(Duration.ofMinutes(2));
    assertThat(programs.output(List.of("tool"))).isEmpty();
    assertThat(programs.output(List.of("other"))).isEmpty();
    assertThat(programs.output(List.of("sh", "-c", "echo from the search path"))).isEmpty();
    assertThat(programs.output(List.of(folder.resolve("none").toString()))).isEmpty();
  }

  @Test
  void aToolThatHangsIsEndedWithAllThatItStarted() throws IOException {
    script("tool", "sleep 600 & echo $! > \"$0.part\"; mv \"$0.part\" \"$0.pid\"; wait");
    Path pid = folder.resolve("tool.pid");
    // What was ended before it had started anything tells nothing: then it gets more time.
    for (Duration time = Duration.ofSeconds(1); !Files.exists(pid); time = time.multipliedBy(3)) {
      assertThat(time).as("the tool begins").isLessThan(Duration.ofMinutes(5));
      assertThat(programs(time).output(List.of("tool"))).isEmpty();
    }
    long child = Long.parseLong(Files.readString(pid).strip());
    Await.until(() -> ended(child), "what it started has ended");
  }

  /// Also where nobody has buried it yet: not every first process of a container does.
  private static boolean ended(long pid) {
    try {
      String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return line.substring(line.lastIndexOf(')') + 2).startsWith("Z");
    } catch (IOException gone) {
      return ProcessHandle.of(pid).isEmpty();
    }
  }

  @Test
  void aToolThatNeverStopsPrintingTellsNothing() throws IOException {
    script(
        "tool",
        "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");
    assertThat(programs(Duration.ofMinutes(2)).output(List.of("tool"))).isEmpty();
  }
}
