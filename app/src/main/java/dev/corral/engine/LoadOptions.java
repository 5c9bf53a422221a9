package dev.corral.engine;

import org.jspecify.annotations.Nullable;

/// Options that a runner is started with. A request that says another value than the runner has
/// waits for it to be started again, as with Ollama. Null means that the request did not say.
///
/// @param contextLength tokens for each request (`num_ctx`), not for all slots together
/// @param batch tokens of one step (`num_batch`)
/// @param gpuBlocks blocks on GPUs (`num_gpu`); negative means automatic
/// @param mainGpu index of the GPU that is used alone (`main_gpu`)
/// @param threads `num_thread`
/// @param memoryMap map the file instead of reading it (`use_mmap`)
public record LoadOptions(
    @Nullable Integer contextLength,
    @Nullable Integer batch,
    @Nullable Integer gpuBlocks,
    @Nullable Integer mainGpu,
    @Nullable Integer threads,
    @Nullable Boolean memoryMap) {
  public static LoadOptions none() {
    return new LoadOptions(null, null, null, null, null, null);
  }

  public static LoadOptions context(int tokens) {
    return new LoadOptions(tokens, null, null, null, null, null);
  }
}
