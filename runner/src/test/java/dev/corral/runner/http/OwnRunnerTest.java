package dev.corral.runner.http;

import dev.corral.runner.TinyModels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/// The contract, kept by our own runner with the real libraries.
class OwnRunnerTest extends RunnerContract {
  @TempDir static Path folder;

  @Override
  Child start(String model, int context, int slots, boolean embeds) {
    Runner runner = new Runner(TinyModels.natives(), folder);
    return runner.start(
        runner.unpacked(model),
        List.of(
            "--ctx-size",
            String.valueOf(context * slots),
            "--parallel",
            String.valueOf(slots),
            "--no-kv-unified"));
  }
}
