package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
    assertThat(programs(Duration.ofSeconds(20)).output(List.of("tool", "said")))
        .hasValue("said C\n");
  }

  @Test
  void aToolThatFailsOrIsNotThereTellsNothing() throws IOException {
    script("tool", "echo words; exit 9");
    Programs programs = programs(Duration.ofSeconds(20));
    assertThat(programs.output(List.of("tool"))).isEmpty();
    assertThat(programs.output(List.of("other"))).isEmpty();
    assertThat(programs.output(List.of("sh", "-c", "echo from the search path"))).isEmpty();
    assertThat(programs.output(List.of(folder.resolve("none").toString()))).isEmpty();
  }

  @Test
  void aToolThatHangsIsEndedWithAllThatItStarted() throws IOException {
    script("tool", "sleep 600 & echo $! > \"$0.pid\"; wait");
    assertThat(programs(Duration.ofSeconds(1)).output(List.of("tool"))).isEmpty();
    long child = Long.parseLong(Files.readString(folder.resolve("tool.pid")).strip());
    ProcessHandle.of(child)
        .ifPresent(sleeping -> sleeping.onExit().orTimeout(30, TimeUnit.SECONDS).join());
    assertThat(ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false)).isFalse();
  }

  @Test
  void aToolThatNeverStopsPrintingTellsNothing() throws IOException {
    script(
        "tool",
        "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done");
    assertThat(programs(Duration.ofSeconds(20)).output(List.of("tool"))).isEmpty();
  }
}
