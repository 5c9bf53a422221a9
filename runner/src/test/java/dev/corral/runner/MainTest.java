package dev.corral.runner;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.runner.http.Child;
import dev.corral.runner.http.Runner;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The runner as a process: what it is told, what it says, and how it ends.
class MainTest {
  private static final String ENDLESS =
      "{\"prompt\": \"one\", \"stream\": true, \"n_predict\": 100000, \"temperature\": 0}";

  /// Tells [Parent] to start its last runner.
  private static final String GO = "go";

  @TempDir Path folder;
  private Runner runner;

  @BeforeEach
  void withLibraries() {
    runner = new Runner(TinyModels.natives(), folder);
  }

  @Test
  void itsOneLineOfOutputSaysWhereItListensAndWhatItLoaded() throws IOException {
    Path model = runner.unpacked("markov-a");
    List<String> flags = List.of("--ctx-size", "2048", "--parallel", "2", "--no-kv-unified");
    try (Child child = runner.start(model, flags)) {
      JsonNode ready = new JsonMapper().readTree(child.said("{"));
      assertThat(ready.path("contextLength").asInt()).isEqualTo(1024);
      assertThat(ready.path("trainedContext").asInt()).isEqualTo(4096);
      assertThat(ready.path("slots").asInt()).isEqualTo(2);
      assertThat(ready.path("embeddingLength").asInt()).isPositive();
      assertThat(ready.path("natives").asText()).startsWith("cpu");
      assertThat(ready.at("/devices/0/name").asText()).isNotEmpty();
      assertThat(RawClient.get(ready.path("port").asInt(), "/health").status()).isEqualTo(200);
    }
  }

  @Test
  void itEndsWhenItsInputClosesInTheMiddleOfAnAnswer() throws IOException {
    Child child = runner.start(runner.unpacked("markov-loop"), List.of("--context-shift"));
    try (RawClient client = child.connect()) {
      Child.send(client, "/completion", ENDLESS).readHead();
      assertThat(client.readChunk()).isPresent();
      child.process().getOutputStream().close();
      assertThat(child.awaitEnd()).isZero();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aCrashWouldWriteNoModelToDisk() throws IOException {
    try (Child child = runner.start(runner.unpacked("markov-a"), List.of("--no-mmap"))) {
      Path limits = Path.of("/proc", Long.toString(child.process().pid()), "limits");
      assertThat(Files.readString(limits)).containsPattern("Max core file size +0 +0 ");
    }
  }

  @Test
  void nothingOfThreeRunnersOutlivesAParentThatIsKilledWhateverTheyAreDoing() throws IOException {
    Path model = runner.unpacked("markov-loop");
    List<String> command =
        Runner.java(Parent.class, List.of(runner.natives().toString(), model.toString()));
    Child parent = Child.start(Map.of(), command);
    String ready = parent.awaitLine(line -> line.startsWith("{"));
    JsonNode answering = new JsonMapper().readTree(ready);
    try (RawClient client = parent.at(answering.path("port").asInt()).connect()) {
      Child.send(client, "/completion", ENDLESS).readHead();
      assertThat(client.readChunk()).as("one writes an answer, one rests").isPresent();
      parent.say(GO);
      String pids = parent.awaitLine(line -> line.startsWith("pids "));
      List<ProcessHandle> all =
          Pattern.compile(" ")
              .splitAsStream(pids.substring("pids ".length()))
              .map(pid -> ProcessHandle.of(Long.parseLong(pid)).orElseThrow())
              .toList();
      assertThat(all).as("one has just been started").hasSize(3).allMatch(ProcessHandle::isAlive);
      parent.process().destroyForcibly();
      for (ProcessHandle one : all) {
        assertThat(one.onExit().orTimeout(60, TimeUnit.SECONDS).join()).isNotNull();
      }
    }
  }

  @Test
  void aModelThatCannotBeRunIsNamedWithTheReasonInTheLastLine() throws IOException {
    Path whole = runner.unpacked("markov-a");
    Path half = folder.resolve("half.gguf");
    Files.write(half, Arrays.copyOf(Files.readAllBytes(whole), 300_000));
    for (Path model : List.of(half, folder.resolve("missing.gguf"))) {
      Child child = runner.spawn(model, List.of());
      assertThat(child.awaitEnd()).isEqualTo(3);
      String last = child.log().lines().reduce((one, next) -> next).orElse("");
      assertThat(last).isNotBlank().doesNotContain(folder.toString(), "\tat ");
    }
  }

  @Test
  void aPortThatIsTakenIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      Child child = runner.spawn(runner.unpacked("markov-a"), List.of("--port", port));
      assertThat(child.awaitEnd()).isEqualTo(4);
      assertThat(child.log()).contains("is the port taken?").doesNotContain("\tat ");
    }
  }

  @Test
  void missingLibrariesAreNamedWithTheWayToGetThem() {
    Path model = runner.unpacked("markov-a");
    Child child = new Runner(folder, folder).spawn(model, List.of());
    assertThat(child.awaitEnd()).isEqualTo(3);
    assertThat(child.log()).contains("npm ci --ignore-scripts");
  }

  @Test
  void aWrongCommandLineIsExplained() {
    Path model = runner.unpacked("markov-a");
    for (List<String> flags :
        List.of(
            List.of("--ctx-size", "many"),
            List.of("--flash-attn", "maybe"),
            List.of("--host", "0.0.0.0"),
            List.of("--port", "70000"),
            List.of("--cache-type-k", "q3"),
            List.of("--parallel", "0"),
            List.of("--unheard-of"),
            List.of("--port"))) {
      Child child = runner.spawn(model, flags);
      assertThat(child.awaitEnd()).as(flags.toString()).isEqualTo(2);
      assertThat(child.log()).as(flags.toString()).contains("--model FILE");
    }
  }

  @Test
  void aFirstLineWithoutAKeyIsRefusedAndNotRepeated() {
    Path model = runner.unpacked("markov-a");
    Child child = runner.spawn(model, List.of(), "{\"password\": \"hunter2\"}");
    assertThat(child.awaitEnd()).isEqualTo(2);
    assertThat(child.log()).contains("The first line of standard input").doesNotContain("hunter2");
  }

  @Test
  void whoeverTerminatesItGetsAnOrdinaryEnd() {
    Child child = runner.start(runner.unpacked("markov-a"), List.of());
    child.process().destroy();
    assertThat(child.awaitEnd()).isZero();
  }

  /// Starts two runners and, once they are ready, a third; says what the first one said and all
  /// process ids, and waits for ever.
  static final class Parent {
    private Parent() {}

    public static void main(String[] args) throws InterruptedException {
      Runner runner = new Runner(Path.of(args[0]), Path.of(args[1]).getParent());
      List<String> flags = List.of("--context-shift");
      Child answering = runner.start(Path.of(args[1]), flags);
      Child resting = runner.start(Path.of(args[1]), flags);
      System.out.println(answering.said("{"));
      Scanner told = new Scanner(System.in, StandardCharsets.UTF_8);
      for (String word = told.nextLine(); !word.equals(GO); word = told.nextLine()) {
        // The first line is a key, as a runner gets it.
      }
      Child starting = runner.spawn(Path.of(args[1]), flags);
      System.out.println(
          Stream.of(answering, resting, starting)
              .map(child -> Long.toString(child.process().pid()))
              .collect(Collectors.joining(" ", "pids ", "")));
      Thread.currentThread().join();
    }
  }
}
