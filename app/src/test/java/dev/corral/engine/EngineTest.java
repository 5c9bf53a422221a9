package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.StandInRunner.Habit;
import dev.corral.testkit.Await;
import dev.corral.wire.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models are loaded into processes of their own, shared, queued for and sent away.
class EngineTest {
  @TempDir private Path folder;

  @Test
  void whoAsksFirstLoadsTheModelAndTheOthersJoin() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      List<CompletableFuture<Granted>> asked =
          List.of(
              stage.engine.lease(stage.load(model)),
              stage.engine.lease(stage.load(model)),
              stage.engine.lease(stage.load(model)));
      List<Lease> leases = asked.stream().map(one -> (Lease) one.join()).toList();
      assertThat(leases)
          .extracting(lease -> lease.target().port())
          .containsOnly(leases.getFirst().target().port());
      Running running = stage.running(model);
      assertThat(running.leases()).isEqualTo(3);
      assertThat(running.state()).isEqualTo(Running.State.READY);
      assertThat(running.sizeBytes()).as("estimated").isEqualTo(100L << 20);
      assertThat(running.contextLength()).isEqualTo(4096);
      assertThat(running.expiresAt()).as("in use").isNull();
      leases.forEach(Lease::close);
      Stage.await(() -> stage.running(model).expiresAt() != null, "it is idle");
      assertThat(stage.events.poll()).isInstanceOf(EngineEvent.Loaded.class);
    }
  }

  @Test
  void aRunnerSeesNothingOfOursButWhatItNeeds() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      stage.lease(stage.load(model)).close();
      assertThat(stage.seen(model))
          .contains("--model " + model, "--ctx-size 4096 --parallel 4 --kv-unified")
          .contains("--threads 1", "--n-gpu-layers 0", "--port 0")
          .contains("CUDA_VISIBLE_DEVICES=1", "GGML_NO_BACKTRACE=1")
          .contains("greeting {\"key\": \"")
          .contains("/work/runner", "with 0 files")
          .doesNotContain("CORRAL_SECRET", "GGML_BACKEND_PATH");
    }
  }

  @Test
  void theKeyOfARunnerIsNoArgumentAndAnotherForEach() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path one = stage.model("a", Habit.GOOD);
      Path two = stage.model("b", Habit.GOOD);
      String first = stage.lease(stage.load(one)).target().bearer();
      String second = stage.lease(stage.load(two)).target().bearer();
      assertThat(first).hasSize(64).isNotEqualTo(second);
      assertThat(stage.seen(one).lines().filter(line -> line.startsWith("arguments")))
          .noneMatch(line -> line.contains(first));
    }
  }

  @Test
  void anIdleModelIsUnloadedAfterItsTimeAndItsProcessIsGone() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model, Duration.ofMillis(50)));
      long pid = stage.running(model).pid();
      lease.close();
      Stage.await(() -> !stage.loaded(model), "it was unloaded");
      assertThat(Stage.alive(pid)).isFalse();
      assertThat(stage.engine.ended().getFirst())
          .matches(Running.Ended::expected)
          .satisfies(end -> assertThat(end.why()).isEqualTo("nobody asked for it in time"));
    }
  }

  @Test
  void zeroUnloadsOnceTheLastRequestIsDoneAndNegativeKeepsForEver() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path kept = stage.model("kept", Habit.GOOD);
      stage.lease(stage.load(kept, KeepAlive.FOREVER)).close();
      Path model = stage.model("a", Habit.GOOD);
      Lease first = stage.lease(stage.load(model));
      Lease last = stage.lease(stage.load(model, Duration.ZERO));
      last.close();
      assertThat(stage.lease(stage.load(model, null)).facts().slots()).isEqualTo(4);
      first.close();
      assertThat(stage.running(model).state()).isEqualTo(Running.State.READY);
      Stage.await(() -> stage.running(kept).leases() == 0, "the other is idle");
      assertThat(stage.running(kept).expiresAt()).isNull();
    }
  }

  @Test
  void otherOptionsStartTheModelAgainOnceItIsIdle() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      Lease usual = stage.lease(stage.load(model));
      CompletableFuture<Granted> other =
          stage.engine.lease(stage.load(model, LoadOptions.context(1024), null));
      Stage.await(
          () -> stage.running(model).state() == Running.State.DRAINING, "it takes nothing new");
      assertThat(other).isNotDone();
      usual.close();
      Lease changed = (Lease) other.join();
      assertThat(changed.facts().contextLength()).isEqualTo(1024);
      assertThat(stage.seen(model)).contains("--ctx-size 1024");
      assertThat(stage.engine.running()).hasSize(1);
      assertThat(stage.lease(stage.load(model, LoadOptions.context(1024), null)).target().port())
          .as("the same options join")
          .isEqualTo(changed.target().port());
    }
  }

  @Test
  void aContextBeyondTheTrainedOneIsCut() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model, LoadOptions.context(1 << 20), null));
      assertThat(lease.facts().contextLength()).isEqualTo(8192);
      assertThat(lease.facts().trainedContext()).isEqualTo(8192);
    }
  }

  @Test
  void withRoomForOneTheIdleModelMakesRoom() {
    try (Stage stage = Stage.with(folder, 1)) {
      Path one = stage.model("one", Habit.GOOD);
      Path two = stage.model("two", Habit.GOOD);
      stage.lease(stage.load(one)).close();
      Lease lease = stage.lease(stage.load(two));
      assertThat(stage.loaded(one)).isFalse();
      assertThat(stage.engine.ended().getFirst().why()).isEqualTo("it made room for two");
      lease.close();
    }
  }

  @Test
  void callersOfALoadedModelDoNotKeepAnotherWaitingForEver() {
    try (Stage stage = Stage.with(folder, 1)) {
      Path one = stage.model("one", Habit.GOOD);
      Path two = stage.model("two", Habit.GOOD);
      Lease busy = stage.lease(stage.load(one));
      CompletableFuture<Granted> waiting = stage.engine.lease(stage.load(two));
      Stage.await(
          () -> stage.running(one).state() == Running.State.DRAINING, "the turn of one is over");
      CompletableFuture<Granted> late = stage.engine.lease(stage.load(one));
      busy.close();
      ((Lease) waiting.join()).close();
      assertThat(((Lease) late.join()).facts()).isNotNull();
      assertThat(stage.loaded(two)).isFalse();
    }
  }

  @Test
  void aCallerThatLeavesTheQueueSparesTheOneThatWouldHaveGone() {
    try (Stage stage = Stage.with(folder, 1)) {
      Path one = stage.model("one", Habit.GOOD);
      Path two = stage.model("two", Habit.GOOD);
      Lease busy = stage.lease(stage.load(one));
      CompletableFuture<Granted> waiting = stage.engine.lease(stage.load(two));
      Stage.await(() -> stage.running(one).state() == Running.State.DRAINING, "it would go");
      waiting.cancel(false);
      Stage.await(() -> stage.running(one).state() == Running.State.READY, "it stays");
      Lease again = stage.lease(stage.load(one));
      assertThat(again.target().port()).isEqualTo(busy.target().port());
    }
  }

  @Test
  void aLeaseThatNobodyTakesIsGivenBack() {
    try (Stage stage = Stage.with(folder, 1)) {
      Path model = stage.model("a", Habit.SLOW);
      CompletableFuture<Granted> gone = stage.engine.lease(stage.load(model));
      CompletableFuture<Granted> stays = stage.engine.lease(stage.load(model));
      Stage.await(() -> stage.loaded(model) && stage.running(model).waiting() == 2, "both wait");
      gone.cancel(false);
      Stage.await(() -> stage.running(model).waiting() == 1, "one left");
      stage.go(model);
      ((Lease) stays.join()).close();
      Stage.await(() -> stage.running(model).leases() == 0, "nobody uses it");
    }
  }

  @Test
  void unloadWaitsForThoseWhoUseIt() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model));
      assertThat(stage.engine.unload("A:latest")).as("by Ollama's rules of names").isTrue();
      assertThat(stage.engine.unload("other")).isFalse();
      assertThat(stage.running(model).state()).isEqualTo(Running.State.DRAINING);
      lease.close();
      Stage.await(() -> !stage.loaded(model), "it is gone");
    }
  }

  @Test
  void aModelThatCannotFitIsRefusedWithTheFiguresAndNobodyGoesForIt() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path small = stage.model("small", Habit.GOOD);
      stage.lease(stage.load(small)).close();
      stage.free(1000);
      Path large = Stage.model(folder, "large", Habit.GOOD, 4000);
      Problem problem = stage.refused(stage.load(large)).problem();
      assertThat(problem.status()).isEqualTo(500);
      assertThat(problem.text())
          .contains("model 'large' requires more system memory (4.3 GB)")
          .contains("engine.memory");
      assertThat(stage.loaded(small)).isTrue();
    }
  }

  @Test
  void aDamagedFileIsToldBeforeAnyProcessIsStarted() throws IOException {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      Path cut = Files.write(folder.resolve("cut"), List.of("GGUF and nothing else"));
      Problem problem = stage.refused(stage.load(cut)).problem();
      assertThat(problem.status()).isEqualTo(500);
      assertThat(problem.text())
          .startsWith("model 'cut' cannot be loaded: ")
          .contains("corral pull cut")
          .doesNotContain(folder.toString());
      assertThat(folder.resolve("cut.seen")).doesNotExist();
      assertThat(stage.refused(stage.load(folder.resolve("gone"))).problem().message())
          .contains("its file is not there any more");
      assertThat(stage.lease(stage.load(model)).facts()).as("everything else lives").isNotNull();
    }
  }

  @Test
  void aModelThatTheRunnerRefusesIsToldInItsWordsWithoutPaths() {
    try (Stage stage = Stage.with(folder, 3)) {
      Problem problem = stage.refused(stage.load(stage.model("a", Habit.REFUSES))).problem();
      assertThat(problem.text())
          .startsWith("model 'a' could not be loaded: tensor 'blk.0.attn_q.weight' has the wrong")
          .contains("corral logs runner a")
          .doesNotContain(folder.toString());
    }
  }

  @Test
  void aProgramThatIsNoRunnerIsToldAndEnded() {
    try (Stage stage = Stage.with(folder, 3)) {
      assertThat(stage.refused(stage.load(stage.model("g", Habit.GARBAGE))).problem().message())
          .contains("it wrote something else than its port");
      assertThat(stage.refused(stage.load(stage.model("w", Habit.WRONG_FLAGS))).problem().message())
          .contains("its flags were not understood: unknown flag --ctx-size");
      assertThat(stage.engine.running()).isEmpty();
    }
  }

  @Test
  void whateverARunnerWritesItsLogStaysBounded() {
    try (Stage stage = Stage.with(folder, 3)) {
      stage.lease(stage.load(stage.model("f", Habit.FLOOD))).close();
      Engine.Log log = stage.engine.log("f").orElseThrow();
      assertThat(log.lines())
          .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(1000));
      assertThat(log.lines().getFirst()).contains("loading");
      assertThat(stage.engine.log("other")).isEmpty();
    }
  }

  @Test
  void aRunnerThatIsKilledBreaksItsLeasesWithWordsAndTheNextCallerGetsANewOne() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.GOOD);
      Path other = stage.model("b", Habit.GOOD);
      Lease lease = stage.lease(stage.load(model));
      Lease bystander = stage.lease(stage.load(other));
      Stage.kill(stage.running(model).pid());
      Problem problem = lease.awaitBroken(Await.LONG).orElseThrow();
      assertThat(problem.text())
          .startsWith("model runner has unexpectedly stopped, this may be due to")
          .contains("it was killed", "corral logs runner a");
      lease.close();
      assertThat(stage.lease(stage.load(model)).target().port()).isPositive();
      assertThat(bystander.awaitBroken(Duration.ZERO)).isEqualTo(Optional.empty());
      assertThat(stage.engine.ended().getFirst().expected()).isFalse();
      assertThat(stage.engine.ended().getFirst().log()).first().asString().contains("loading");
    }
  }

  @Test
  void aRunnerThatIsKilledWhileItLoadsIsOneErrorForEverybodyWhoWaits() {
    try (Stage stage = Stage.with(folder, 3)) {
      Path model = stage.model("a", Habit.SLOW);
      CompletableFuture<Granted> one = stage.engine.lease(stage.load(model));
      CompletableFuture<Granted> two = stage.engine.lease(stage.load(model));
      Stage.await(() -> stage.loaded(model) && stage.running(model).pid() > 0, "it is loading");
      Stage.await(() -> stage.running(model).waiting() == 2, "both wait");
      Stage.kill(stage.running(model).pid());
      assertThat(List.of(one.join(), two.join()))
          .allSatisfy(granted ->
              assertThat(((Refused) granted).problem().message())
                  .contains("model 'a' could not be loaded: it was killed"));
    }
  }

  @Test
  void aModelThatCrashesAgainAndAgainIsLeftAloneForAWhile() {
    try (Stage stage = Stage.with(folder, 3)) {
      Load load = stage.load(stage.model("a", Habit.CRASHES_LOADING));
      for (int i = 0; i < 3; i++) {
        assertThat(stage.refused(load).problem().message())
            .contains("it crashed (aborted): GGML_ASSERT(n > 0) failed");
      }
      Problem rest = stage.refused(load).problem();
      assertThat(rest.status()).isEqualTo(503);
      assertThat(rest.retryAfterSeconds()).isBetween(1, (int) Stage.CRASHES.toSeconds() + 1);
      assertThat(rest.message()).contains("crashed again and again", "GGML_ASSERT");
    }
  }

  @Test
  void aRunnerWithoutAPortIsToldSoWithTheWayOutAndCountsAsNoCrash() {
    try (Stage stage = Stage.with(folder, 3)) {
      Lease bystander = stage.lease(stage.load(stage.model("b", Habit.GOOD)));
      Load load = stage.load(stage.model("a", Habit.NO_PORT));
      for (int i = 0; i < 5; i++) {
        Problem problem = stage.refused(load).problem();
        assertThat(problem.status()).as("never left alone for a while").isEqualTo(500);
        assertThat(problem.message())
            .contains("model 'a' could not be loaded: This machine has no free port left")
            .contains("close some connections");
      }
      assertThat(bystander.awaitBroken(Duration.ZERO)).as("it lives").isEmpty();
    }
  }

  @Test
  void aRunnerThatNeverSaysAWordIsGivenUp() {
    Patience short_ =
        new Patience(
            Duration.ofMillis(500),
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            3,
            Duration.ZERO,
            3,
            Duration.ofSeconds(20));
    try (Stage stage = new Stage(folder, Stage.settings(3, "5m"), short_)) {
      Path model = stage.model("a", Habit.MUTE);
      assertThat(stage.refused(stage.load(model)).problem().message())
          .contains("it gave no sign for 0 s while it loaded");
      assertThat(stage.engine.running()).isEmpty();
    }
  }

  @Test
  void aRunnerThatAnswersNoMoreIsKilledAndItsCallersAreTold() {
    Patience short_ =
        new Patience(
            Await.LONG,
            Duration.ofMillis(20),
            Duration.ofMillis(50),
            2,
            Duration.ZERO,
            3,
            Duration.ofSeconds(20));
    try (Stage stage = new Stage(folder, Stage.settings(3, "5m"), short_)) {
      Lease lease = stage.lease(stage.load(stage.model("a", Habit.DEAF)));
      assertThat(lease.awaitBroken(Await.LONG).orElseThrow().message())
          .contains("it did not answer for");
    }
  }

  @Test
  void withoutLibrariesCallersAreToldHowToGetThem() {
    for (Optional<Path> natives :
        List.of(Optional.<Path>empty(), Optional.of(folder.resolve("nowhere")))) {
      try (Stage stage = Stage.withNatives(folder, natives)) {
        assertThat(stage.engine.ability().able()).isFalse();
        Problem no = stage.refused(stage.load(stage.model("a", Habit.GOOD))).problem();
        assertThat(no.status()).isEqualTo(503);
        assertThat(no.message()).contains("the engine's libraries are not here", "./corral serve");
      }
    }
  }

  @Test
  void anEngineThatIsSwitchedOffSaysSo() {
    try (Stage stage = Stage.with(folder, 3)) {
      assertThat(stage.engine.ability().able()).isTrue();
      stage.engine.apply(Settings.off());
      assertThat(stage.engine.ability().able()).isFalse();
      Problem no = stage.refused(stage.load(stage.model("a", Habit.GOOD))).problem();
      assertThat(no.status()).isEqualTo(503);
      assertThat(no.message()).contains("engine.enabled is false");
    }
  }

  @Test
  void afterTheEndNothingIsLeftAndNobodyWaits() {
    Stage stage = Stage.with(folder, 3);
    Path model = stage.model("a", Habit.GOOD);
    Path slow = stage.model("s", Habit.SLOW);
    Lease lease = stage.lease(stage.load(model));
    CompletableFuture<Granted> waiting = stage.engine.lease(stage.load(slow));
    Stage.await(() -> stage.loaded(slow) && stage.running(slow).pid() > 0, "it loads");
    List<Long> pids = stage.engine.running().stream().map(Running::pid).toList();
    stage.close();
    assertThat(pids).hasSize(2).noneMatch(Stage::alive);
    assertThat(((Refused) waiting.join()).problem().message()).contains("stopping");
    assertThat(lease.awaitBroken(Await.LONG)).isPresent();
    assertThat(stage.refused(stage.load(model)).problem().status()).isEqualTo(503);
  }

  private static final class Settings {
    static EngineSettings off() {
      EngineSettings usual = EngineSettings.defaults();
      return new EngineSettings(
          "false",
          usual.natives(),
          usual.gpuBlocks(),
          usual.parallel(),
          true,
          usual.keepAlive(),
          3,
          usual.memory(),
          usual.threads(),
          usual.contextLength(),
          "");
    }
  }
}
