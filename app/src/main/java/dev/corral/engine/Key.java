package dev.corral.engine;

import java.nio.file.Path;
import java.util.List;

/// What makes two requests share a runner: the same files and the same options, told or not.
///
/// @param options with the context length filled in
record Key(Path weights, List<Path> adapters, LoadOptions options) {
  static Key of(Load load, EngineSettings settings) {
    LoadOptions asked = load.options();
    Integer context = asked.contextLength();
    return new Key(
        load.weights(),
        load.adapters(),
        new LoadOptions(
            context == null || context <= 0 ? settings.defaultContext() : context,
            asked.batch(),
            asked.gpuBlocks(),
            asked.mainGpu(),
            asked.threads(),
            asked.memoryMap()));
  }

  int context() {
    Integer context = options.contextLength();
    return context == null ? 0 : context;
  }
}
