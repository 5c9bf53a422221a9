package dev.corral.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a caller needs in memory.
///
/// Two names with the same weights, adapters and options share a runner.
///
/// @param name as people write it, for messages and listings
/// @param digest of the manifest, for listings
/// @param weights the GGUF file
/// @param adapters LoRA files, in order
/// @param keepAlive how long the runner stays once it is idle: zero unloads it then, negative keeps
///   it for ever, null leaves what the last request said (at first the setting's). Sticks.
public record Load(
    String name,
    String digest,
    Path weights,
    List<Path> adapters,
    LoadOptions options,
    @Nullable Duration keepAlive) {
  public Load {
    adapters = List.copyOf(adapters);
  }
}
