package dev.corral.runner.engine;

import dev.corral.runner.llama.CacheType;
import java.nio.file.Path;
import java.util.List;

/// How a model is loaded. The meanings are those of llama-server's flags.
///
/// @param natives folder with llama.cpp's libraries
/// @param contextLength tokens of the KV cache, all slots together; 0: as the model was trained.
///   With `unified` each request may use all of it, without each has its even part
/// @param slots requests that run at once, at least 1
/// @param threads threads that compute; 0: as many as leave the machine usable
/// @param batchSize the most tokens of one step
/// @param microBatchSize the most tokens computed at a stretch
/// @param gpuBlocks blocks to place on GPUs; negative: all
/// @param mainGpu index of the GPU that holds the whole model; negative: all of them share it
/// @param memoryMap map the file instead of reading it into memory
/// @param cacheTypeK `f16`, `f32`, `bf16`, `q8_0`, `q4_0`, `q4_1`, `q5_0`, `q5_1` or `iq4_nl`
/// @param cacheTypeV the same for the values; a quantized one needs flash attention
/// @param unified one cache for all slots
/// @param adapters LoRA files, applied at full scale
public record EngineSettings(
    Path model,
    Path natives,
    int contextLength,
    int slots,
    int threads,
    int batchSize,
    int microBatchSize,
    int gpuBlocks,
    int mainGpu,
    boolean memoryMap,
    String cacheTypeK,
    String cacheTypeV,
    FlashAttention flashAttention,
    boolean unified,
    Pooling pooling,
    List<Path> adapters) {

  /// Whether attention is computed in one fused step.
  public enum FlashAttention {
    AUTO(-1),
    OFF(0),
    ON(1);

    final int code;

    FlashAttention(int code) {
      this.code = code;
    }
  }

  public EngineSettings {
    adapters = List.copyOf(adapters);
    if (slots < 1 || batchSize < 1 || microBatchSize < 1 || contextLength < 0) {
      throw new IllegalArgumentException(
          "slots and batch sizes are at least 1, the context length is not negative");
    }
    for (var type : List.of(cacheTypeK, cacheTypeV)) {
      if (CacheType.find(type).isEmpty()) {
        throw new IllegalArgumentException("no such type of the KV cache: " + type);
      }
    }
  }

  /// llama-server's defaults for everything but the files.
  public static EngineSettings of(Path model, Path natives) {
    return new EngineSettings(
        model,
        natives,
        0,
        1,
        0,
        2048,
        512,
        -1,
        -1,
        true,
        "f16",
        "f16",
        FlashAttention.AUTO,
        true,
        Pooling.MODEL,
        List.of());
  }
}
