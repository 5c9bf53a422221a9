package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.engine.RunnerFlags;
import dev.corral.fit.FitSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a runner is started with and what its memory is estimated from are the same.
class RunnerEstimateTest {
  private static final Path MODEL = Path.of("model.gguf");

  @Test
  void everyFlagThatTakesMemoryIsInTheEstimate() {
    for (RunnerFlags flags :
        List.of(
            new RunnerFlags(8192, 4, true, 512, 2, null, null, true, false, List.of()),
            new RunnerFlags(16_384, 2, false, 256, 2, 0, null, true, false, List.of()),
            new RunnerFlags(2048, 1, false, 2048, 2, 0, null, true, true, List.of()))) {
      List<String> line = flags.ours(MODEL, Path.of("natives"));
      FitSettings estimate = OwnBackend.settings(flags);
      assertThat(estimate.context()).isEqualTo(Long.parseLong(after(line, "--ctx-size")));
      assertThat(estimate.parallel()).isEqualTo(Integer.parseInt(after(line, "--parallel")));
      assertThat(estimate.unified()).isEqualTo(line.contains("--kv-unified"));
      assertThat(estimate.ubatch()).isEqualTo(Long.parseLong(after(line, "--ubatch-size")));
      assertThat(estimate.flashAttention().text()).isEqualTo(after(line, "--flash-attn"));
      assertThat(FitSettings.cacheType(after(line, "--cache-type-k"))).isEqualTo(estimate.kvK());
      assertThat(FitSettings.cacheType(after(line, "--cache-type-v"))).isEqualTo(estimate.kvV());
      assertThat(estimate.embeddings()).isEqualTo(flags.embeds());
    }
  }

  private static String after(List<String> line, String flag) {
    return line.get(line.indexOf(flag) + 1);
  }
}
