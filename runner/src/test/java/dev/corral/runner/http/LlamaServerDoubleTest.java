package dev.corral.runner.http;

import dev.corral.runner.TinyModels;
import dev.corral.testkit.LlamaServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/// The contract, kept by the double of llama-server that other tests rely on.
class LlamaServerDoubleTest extends RunnerContract {
  @TempDir static Path folder;

  @Override
  Child start(String model, int context, int slots, boolean embeds) {
    Path file = folder.resolve(model + ".gguf");
    return LlamaServers.ready(
        Runner.java(
            LlamaServerProcess.class,
            LlamaServers.flags(
                Files.exists(file) ? file : TinyModels.unpack(model, folder),
                context,
                slots,
                embeds)),
        Map.of("LLAMA_DOUBLE", model.contains("loop") ? "token:2" : ""));
  }
}
