package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.StandInRunner.Habit;
import dev.corral.testkit.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The user's own llama-server is a runner like ours.
class LlamaServerTest {
  @TempDir private Path folder;

  @Test
  void itTellsItsPortInItsLogAndGetsItsKeyByTheEnvironment() {
    try (Stage stage = stage()) {
      Path model = stage.model("a", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model));
      assertThat(lease.facts().kind()).isEqualTo(Facts.Kind.LLAMA_SERVER);
      assertThat(lease.facts().slots()).as("as /props says").isEqualTo(2);
      assertThat(lease.facts().build()).isEqualTo("v0.5");
      assertThat(stage.seen(model))
          .contains("greeting " + lease.target().bearer())
          .contains("LLAMA_API_KEY=" + lease.target().bearer())
          .contains("--no-webui", "--port 0", "--ctx-size 16384", "--no-kv-unified")
          .doesNotContain("--embeddings", "CORRAL_SECRET");
      assertThat(stage.engine.ability().runner()).isEqualTo("llama-server");
    }
  }

  @Test
  void itEndsWhenItIsUnloadedAndItsGuardToo() {
    try (Stage stage = stage()) {
      Path model = stage.model("a", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model, Duration.ZERO));
      List<Long> pids = family(stage.running(model).pid());
      assertThat(pids).as("the guard and its program").hasSize(2);
      lease.close();
      Stage.await(() -> !stage.loaded(model), "it was unloaded");
      Stage.await(() -> pids.stream().noneMatch(Stage::alive), "both are gone");
    }
  }

  @Test
  void aGuardThatIsKilledLeavesNothingBehind() {
    try (Stage stage = stage()) {
      Path model = stage.model("a", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model));
      List<Long> pids = family(stage.running(model).pid());
      Stage.kill(pids.getFirst());
      assertThat(lease.awaitBroken(Await.LONG)).isPresent();
      Stage.await(() -> pids.stream().noneMatch(Stage::alive), "both are gone");
    }
  }

  @Test
  void itsCrashIsTold() {
    try (Stage stage = stage()) {
      assertThat(
              stage.refused(stage.load(stage.model("a", Habit.CRASHES_LOADING))).problem().text())
          .contains("it crashed (aborted): GGML_ASSERT");
    }
  }

  @Test
  void thePortIsFoundInTheWordsOfEveryVersion() {
    assertThat(RunnerProcess.port("main: server is listening on http://127.0.0.1:8080 - starting"))
        .contains(8080);
    assertThat(
            RunnerProcess.port(
                "0.00.016.800 I srv  llama_server: listening on http://127.0.0.1:32957"))
        .contains(32_957);
    assertThat(RunnerProcess.port("HTTP server listening on [::1]:9")).contains(9);
    assertThat(RunnerProcess.port("loading")).isEmpty();
  }

  private Stage stage() {
    return new Stage(folder, Stage.llamaServer(folder), Stage.patience());
  }

  private static List<Long> family(long pid) {
    ProcessHandle top = ProcessHandle.of(pid).orElseThrow();
    Stage.await(() -> top.descendants().findAny().isPresent(), "it has a program");
    return Stream.concat(Stream.of(top), top.descendants()).map(ProcessHandle::pid).toList();
  }
}
