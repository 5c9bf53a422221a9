package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.StandInRunner.Habit;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two models and a GPU of 500 mebibytes, which is asked what it has free while half of the first
/// model is there. A runner counts ninety mebibytes more than its model, so the first one takes
/// 200; eight tenths of what is free may be used.
class GpuMemoryTest {
  private static final int ALL = 500;

  @TempDir private Path folder;
  private final AtomicInteger asked = new AtomicInteger();
  private Path first;

  @BeforeEach
  void aModelThatTakesItsTime() {
    first = Stage.model(folder, "first", Habit.SLOW, 110);
  }

  /// A llama-server, since our own libraries for the processor leave every GPU aside.
  private Stage stage() {
    return new Stage(folder, settings("1"), Stage.patience());
  }

  private EngineSettings settings(String parallel) {
    EngineSettings server = Stage.llamaServer(folder);
    return new EngineSettings(
        "true",
        "cpu",
        "auto",
        parallel,
        server.unified(),
        "5m",
        3,
        server.memory(),
        "1",
        server.contextLength(),
        server.llamaServer());
  }

  private CompletableFuture<Granted> askedWhileTheFirstLoads(Stage stage, Path second) {
    stage.freeOnGpu(() -> ALL);
    var _ = stage.engine.lease(stage.load(first)).thenAccept(one -> ((Lease) one).close());
    Stage.await(() -> stage.loaded(first) && stage.running(first).pid() > 0, "it is on its way");
    long pid = stage.running(first).pid();
    Path go = folder.resolve("first.go");
    stage.freeOnGpu(() -> {
      asked.incrementAndGet();
      int taken = go.toFile().exists() ? 200 : 100;
      return Stage.alive(pid) ? ALL - taken : ALL;
    });
    CompletableFuture<Granted> wanted = stage.engine.lease(stage.load(second));
    Stage.await(() -> asked.get() > 0, "the GPU was asked");
    stage.go(first);
    return wanted;
  }

  @Test
  void aModelThatFitsBesideTheOneThatWasLoadingDoesNotSendItAway() {
    try (Stage stage = stage()) {
      Path second = Stage.model(folder, "second", Habit.GOOD, 110);
      assertThat(askedWhileTheFirstLoads(stage, second).join()).isInstanceOf(Lease.class);
      assertThat(stage.engine.ended()).isEmpty();
      assertThat(stage.loaded(first)).isTrue();
    }
  }

  @Test
  void aModelThatFitsInItsPlaceWaitsForItAndIsNotCalledTooLarge() {
    try (Stage stage = stage()) {
      stage.free(0);
      Path second = Stage.model(folder, "second", Habit.GOOD, 300);
      assertThat(askedWhileTheFirstLoads(stage, second).join()).isInstanceOf(Lease.class);
      assertThat(stage.loaded(first)).isFalse();
    }
  }

  @Test
  void settingsThatChangeWhileTheGpuIsAskedCountForThisModelToo() {
    try (Stage stage = stage()) {
      Path model = stage.model("model", Habit.GOOD);
      stage.freeOnGpu(() -> {
        if (asked.getAndIncrement() == 0) {
          stage.engine.apply(settings("3"));
        }
        return ALL;
      });
      stage.lease(stage.load(model)).close();
      assertThat(stage.seen(model)).contains("--parallel 3");
    }
  }
}
