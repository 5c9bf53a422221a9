package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.StandInRunner.Habit;
import dev.corral.hardware.Gpu;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a plan says of the memory of GPUs, on machines that a test thinks of.
class InspectionTest {
  private static final long GIB = 1L << 30;
  private static final Gpu LARGE = gpu("0", OptionalLong.of(20 * GIB), false);
  private static final Gpu SMALL = gpu("1", OptionalLong.of(6 * GIB), false);

  @TempDir private Path folder;

  private static Gpu gpu(String id, OptionalLong free, boolean shared) {
    return new Gpu(
        id, "a card", Gpu.Vendor.NVIDIA, OptionalLong.of(24 * GIB), free, shared, "", "nvml");
  }

  private Plan plan(List<Gpu> gpus, @Nullable Integer blocks, @Nullable Integer main) {
    Path model = Stage.model(folder, "model", Habit.GOOD, 0);
    LoadOptions options = new LoadOptions(4096, null, blocks, main, null, null);
    Inspection inspection = new Inspection((_, _) -> GIB, () -> gpus);
    Key key = new Key(model, List.of(), options);
    return ((Inspection.Result.Fine) inspection.look(key, EngineSettings.defaults())).plan();
  }

  @Test
  void allGpusThatARunnerMayUseCountTogetherAndOneThatIsNamedAlone() {
    Plan both = plan(List.of(LARGE, SMALL), null, null);
    assertThat(both.deviceFree()).hasValue(26 * GIB);
    assertThat(both.least().deviceBytes()).isGreaterThan(GIB);
    assertThat(both.least().hostBytes()).isZero();
    assertThat(plan(List.of(LARGE, SMALL), null, 1).deviceFree()).hasValue(6 * GIB);
    assertThat(plan(List.of(LARGE, SMALL), null, -1).deviceFree()).hasValue(26 * GIB);
  }

  @Test
  void whatHappensWhileTheGpusAreAskedCountsAsLater() {
    Path model = Stage.model(folder, "model", Habit.GOOD, 0);
    AtomicReference<Instant> asked = new AtomicReference<>(Instant.MIN);
    Inspection inspection =
        new Inspection(
            (_, _) -> GIB,
            () -> {
              asked.set(Instant.now());
              return List.of(LARGE);
            });
    Key key = new Key(model, List.of(), LoadOptions.context(4096));
    Plan plan = ((Inspection.Result.Fine) inspection.look(key, EngineSettings.defaults())).plan();
    assertThat(plan.readAt()).isBeforeOrEqualTo(asked.get());
  }

  @Test
  void onTheProcessorAllOfItIsTheHosts() {
    Plan none = plan(List.of(LARGE), 0, null);
    assertThat(none.deviceFree()).isEmpty();
    assertThat(none.least().hostBytes()).isGreaterThan(GIB);
    assertThat(plan(List.of(LARGE), null, null).onHost().least().hostBytes())
        .isEqualTo(none.least().hostBytes());
  }

  @Test
  void aGpuThatDoesNotTellOrSharesTheHostsMemoryBoundsNothing() {
    Gpu silent = gpu("2", OptionalLong.empty(), false);
    Gpu shared = gpu("3", OptionalLong.of(GIB), true);
    assertThat(plan(List.of(LARGE, silent), null, null).deviceFree()).isEmpty();
    assertThat(plan(List.of(shared), null, null).deviceFree()).isEmpty();
    assertThat(plan(List.of(LARGE), 10, null).deviceFree()).isEmpty();
  }
}
