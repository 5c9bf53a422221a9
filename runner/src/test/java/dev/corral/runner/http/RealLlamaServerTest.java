package dev.corral.runner.http;

import dev.corral.runner.TinyModels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// The contract, tried by hand on a real llama-server: `CORRAL_LLAMA_SERVER` names its program.
@EnabledIfEnvironmentVariable(
    named = "CORRAL_LLAMA_SERVER",
    matches = ".+",
    disabledReason = "CORRAL_LLAMA_SERVER does not name a llama-server to compare with")
class RealLlamaServerTest extends RunnerContract {
  @TempDir static Path folder;

  @Override
  Child start(String model, int context, int slots, boolean embeds) {
    Path file = folder.resolve(model + ".gguf");
    List<String> command = new ArrayList<>(List.of(System.getenv("CORRAL_LLAMA_SERVER")));
    command.addAll(
        LlamaServers.flags(
            Files.exists(file) ? file : TinyModels.unpack(model, folder), context, slots, embeds));
    return LlamaServers.ready(command, Map.of());
  }
}
