package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.PlainEnvironment;
import dev.corral.testkit.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `corral demo` as somebody starts it: a process of its own, with the real engine.
@Tag("slow")
class DemoTest {
  private static final Pattern PAGE = Pattern.compile("The page: http://127\\.0\\.0\\.1:(\\d+)/");

  @TempDir private Path home;

  private Optional<Path> natives = Optional.empty();
  private Optional<Process> demo = Optional.empty();

  @AfterEach
  void end() {
    demo.ifPresent(Process::destroyForcibly);
  }

  @BeforeEach
  void find() {
    natives = EngineFiles.natives();
    assumeTrue(natives.isPresent(), EngineFiles.HOW);
  }

  @Test
  void onceItMakesAModelShowsItsAnswerAndEnds() throws IOException, InterruptedException {
    Process process = started("--once");
    List<String> said = process.inputReader(StandardCharsets.UTF_8).readAllLines();
    assertThat(process.waitFor()).as(said.toString()).isZero();
    assertThat(said).contains("  > Who is there?", "  " + DemoModel.SENTENCE);
    assertThat(home.resolve("models").resolve("manifests"))
        .isDirectoryRecursivelyContaining("glob:**/corral-demo/latest");
  }

  @Test
  void elseItStaysUpWithItsPageUntilItIsStopped() throws IOException, InterruptedException {
    Process process = started();
    BufferedReader said = process.inputReader(StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      lines.add(line);
      if (line.startsWith("Stop:")) {
        break;
      }
    }
    Matcher page = PAGE.matcher(String.join("\n", lines));
    assertThat(page.find()).as(lines.toString()).isTrue();
    int port = Integer.parseInt(page.group(1));
    Answer status = RawClient.get(port, "/manage/status");
    long runner = status.json().at("/engine/runners/0/pid").asLong();
    assertThat(ProcessHandle.of(runner)).isPresent();
    assertThat(
            lines.stream()
                .filter(line -> line.startsWith("  corral ") || line.startsWith("  curl ")))
        .as("three things to try")
        .hasSize(3);
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Await.until(
        () -> ProcessHandle.of(runner).filter(ProcessHandle::isAlive).isEmpty(),
        "its runner has ended too");
  }

  @Test
  void withoutLibrariesItSaysHowToGetThem() throws IOException, InterruptedException {
    natives = Optional.of(Files.createDirectory(home.resolve("nothing")));
    Process process = started("--once");
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(said).contains("models cannot be run here", "npm");
  }

  private Process started(String... words) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.add("-Dcorral.natives=" + natives.orElseThrow());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.corral.Main"));
    command.addAll(List.of("demo", "--home", home.toString()));
    command.addAll(List.of(words));
    Process process = PlainEnvironment.of(command).redirectErrorStream(true).start();
    demo = Optional.of(process);
    process.getOutputStream().close();
    return process;
  }
}
