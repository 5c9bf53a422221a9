package dev.corral.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one runner is started with. One record makes the command line of both kinds and the
/// estimate of their memory, so that these cannot drift apart. The names are llama-server's.
///
/// @param context tokens of context over all slots; where these share one cache, each may use all
///   of it
/// @param slots requests at once
/// @param unified the slots share one cache
/// @param batch tokens that one step computes at most
/// @param gpuBlocks blocks on GPUs; null for automatic
/// @param mainGpu the GPU that is used alone; null for all
/// @param embeds the model pools: it is asked for vectors, not for text
public record RunnerFlags(
    int context,
    int slots,
    boolean unified,
    int batch,
    int threads,
    @Nullable Integer gpuBlocks,
    @Nullable Integer mainGpu,
    boolean memoryMap,
    boolean embeds,
    List<Path> adapters) {
  /// Type of cached keys and values: what every device can read as it is.
  public static final String CACHE_TYPE = "f16";

  /// The engine takes it wherever the device has it.
  public static final String FLASH_ATTENTION = "auto";

  public RunnerFlags {
    adapters = List.copyOf(adapters);
  }

  /// Flags of our runner.
  public List<String> ours(Path model, Path natives) {
    List<String> flags = common(model);
    add(flags, "--natives", natives);
    if (mainGpu != null) {
      add(flags, "--main-gpu", mainGpu);
    }
    return flags;
  }

  /// Flags of a llama-server, which would serve a page and unload by itself if it were not told.
  List<String> llamaServer(Path model) {
    List<String> flags = common(model);
    flags.add("--no-webui");
    if (mainGpu != null) {
      add(flags, "--split-mode", "none");
      add(flags, "--main-gpu", mainGpu);
    }
    if (embeds) {
      flags.add("--embeddings");
    }
    return flags;
  }

  private List<String> common(Path model) {
    List<String> flags = new ArrayList<>();
    add(flags, "--model", model);
    if (!embeds) {
      flags.add("--context-shift");
    }
    add(flags, "--ctx-size", context);
    add(flags, "--parallel", slots);
    flags.add(unified ? "--kv-unified" : "--no-kv-unified");
    add(flags, "--batch-size", batch);
    add(flags, "--ubatch-size", batch);
    add(flags, "--threads", threads);
    add(flags, "--n-gpu-layers", gpuBlocks == null ? "auto" : gpuBlocks);
    add(flags, "--flash-attn", FLASH_ATTENTION);
    add(flags, "--cache-type-k", CACHE_TYPE);
    add(flags, "--cache-type-v", CACHE_TYPE);
    if (!memoryMap) {
      flags.add("--no-mmap");
    }
    adapters.forEach(adapter -> add(flags, "--lora", adapter));
    add(flags, "--host", "127.0.0.1");
    // Any free port: the runner says which.
    add(flags, "--port", 0);
    return flags;
  }

  private static void add(List<String> flags, String name, Object value) {
    flags.add(name);
    flags.add(value.toString());
  }
}
