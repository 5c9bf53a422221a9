package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// The threads that compute on the processor, kept from step to step. Without them ggml starts and
/// ends its own for every graph, which costs more than a small model's whole step.
final class ThreadPool implements AutoCloseable {
  /// `struct ggml_threadpool_params` has 528 bytes in llama.cpp 0.5; the library fills it in
  /// itself.
  private static final long PARAMS_BYTES = 1024;

  /// Of its member `paused`, behind `bool cpumask[512]`, three words and `strict_cpu`.
  private static final long PAUSED = 525;

  private final Call free;
  private final long pointer;

  private ThreadPool(Call free, long pointer) {
    this.free = free;
    this.pointer = pointer;
  }

  /// Starts them and gives them to a context. They sleep until its next step; without that they
  /// would look for one without a pause for a tenth of a second, on the cores that a starting JVM
  /// wants.
  ///
  /// @param count as the context computes with
  /// @return empty where this library has none; steps then start their own
  static Optional<ThreadPool> attach(Natives natives, long context, int count) {
    Optional<MemorySegment> make = natives.ofProcessor("ggml_threadpool_new");
    Optional<MemorySegment> free = natives.ofProcessor("ggml_threadpool_free");
    if (make.isEmpty() || free.isEmpty()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = arena.allocate(PARAMS_BYTES, Long.BYTES);
      natives.call("ggml_threadpool_params_init").run(params.address(), count);
      params.set(JAVA_BYTE, PAUSED, (byte) 1);
      long pool = new Call(make.get()).asLong(params.address());
      if (pool == 0) {
        return Optional.empty();
      }
      natives.call("llama_attach_threadpool").run(context, pool, pool);
      return Optional.of(new ThreadPool(new Call(free.get()), pool));
    }
  }

  /// After the context was freed.
  @Override
  public void close() {
    free.run(pointer);
  }
}
