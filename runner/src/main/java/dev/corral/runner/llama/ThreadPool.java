package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// The threads that compute on the processor, kept from step to step. Without them ggml starts and
/// ends its own for every graph, which costs more than a small model's whole step.
final class ThreadPool implements AutoCloseable {
  /// `struct ggml_threadpool_params` has 528 bytes in llama.cpp 0.5; the library fills it in
  /// itself.
  private static final long PARAMS_BYTES = 1024;

  private final Call free;
  private final MemorySegment pointer;

  private ThreadPool(Call free, MemorySegment pointer) {
    this.free = free;
    this.pointer = pointer;
  }

  /// Starts them and gives them to a context.
  ///
  /// @param count as the context computes with
  /// @return empty where this library has none; steps then start their own
  static Optional<ThreadPool> attach(Natives natives, MemorySegment context, int count) {
    Optional<MemorySegment> make = natives.ofProcessor("ggml_threadpool_new");
    Optional<MemorySegment> free = natives.ofProcessor("ggml_threadpool_free");
    if (make.isEmpty() || free.isEmpty()) {
      return Optional.empty();
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment params = arena.allocate(PARAMS_BYTES, Long.BYTES);
      natives.procedure("ggml_threadpool_params_init", ADDRESS, JAVA_INT).run(params, count);
      MemorySegment pool =
          new Call(make.get(), FunctionDescriptor.of(ADDRESS, ADDRESS)).asPointer(params);
      if (Call.isNull(pool)) {
        return Optional.empty();
      }
      natives
          .procedure("llama_attach_threadpool", ADDRESS, ADDRESS, ADDRESS)
          .run(context, pool, pool);
      return Optional.of(
          new ThreadPool(new Call(free.get(), FunctionDescriptor.ofVoid(ADDRESS)), pool));
    }
  }

  /// After the context was freed.
  @Override
  public void close() {
    free.run(pointer);
  }
}
