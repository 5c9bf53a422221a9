package dev.corral.runner.engine;

import java.nio.file.Path;
import java.util.List;

/// Settings in the words of a test.
final class Asked {

  private Asked() {}

  static EngineSettings settings(Path model, Path natives, int context, int slots) {
    return new EngineSettings(
        model,
        natives,
        context,
        slots,
        1,
        512,
        512,
        -1,
        -1,
        true,
        "f16",
        "f16",
        EngineSettings.FlashAttention.AUTO,
        true,
        Pooling.MODEL,
        List.of());
  }

  /// The same with steps of at most so many tokens.
  static EngineSettings withBatch(EngineSettings one, int batch) {
    return new EngineSettings(
        one.model(),
        one.natives(),
        one.contextLength(),
        one.slots(),
        one.threads(),
        batch,
        batch,
        one.gpuBlocks(),
        one.mainGpu(),
        one.memoryMap(),
        one.cacheTypeK(),
        one.cacheTypeV(),
        one.flashAttention(),
        one.unified(),
        one.pooling(),
        one.adapters());
  }

  /// The same with a cache of its own for each slot.
  static EngineSettings apart(EngineSettings one) {
    return new EngineSettings(
        one.model(),
        one.natives(),
        one.contextLength(),
        one.slots(),
        one.threads(),
        one.batchSize(),
        one.microBatchSize(),
        one.gpuBlocks(),
        one.mainGpu(),
        one.memoryMap(),
        one.cacheTypeK(),
        one.cacheTypeV(),
        one.flashAttention(),
        false,
        one.pooling(),
        one.adapters());
  }

  /// The same with another pooling.
  static EngineSettings pooling(EngineSettings one, Pooling pooling) {
    return new EngineSettings(
        one.model(),
        one.natives(),
        one.contextLength(),
        one.slots(),
        one.threads(),
        one.batchSize(),
        one.microBatchSize(),
        one.gpuBlocks(),
        one.mainGpu(),
        one.memoryMap(),
        one.cacheTypeK(),
        one.cacheTypeV(),
        one.flashAttention(),
        one.unified(),
        pooling,
        one.adapters());
  }
}
