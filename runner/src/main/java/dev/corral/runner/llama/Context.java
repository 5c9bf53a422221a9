package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A model at work: its memory of sequences, and one step at a time. Belongs to one thread.
public final class Context implements AutoCloseable {

  final MemorySegment pointer;
  private final Natives natives;
  private final MemorySegment memory;
  private final int vocabulary;
  private final int embedding;
  private final Call logits;
  private final MethodHandle decode;
  private final MethodHandle remove;
  private final Arena upcalls;
  private Optional<ThreadPool> threads = Optional.empty();

  private Context(Model model, MemorySegment pointer, Arena upcalls) {
    this.natives = model.natives;
    this.pointer = pointer;
    this.upcalls = upcalls;
    this.vocabulary = model.vocabulary().size();
    this.embedding = model.embeddingLength();
    this.memory = natives.function("llama_get_memory", ADDRESS, ADDRESS).asPointer(pointer);
    this.logits = natives.function("llama_get_logits_ith", ADDRESS, ADDRESS, JAVA_INT);
    this.decode =
        natives
            .function("llama_decode", JAVA_INT, ADDRESS, Layouts.BATCH)
            .exact(MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
    this.remove =
        natives
            .function("llama_memory_seq_rm", JAVA_BOOLEAN, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT)
            .exact(
                MethodType.methodType(
                    boolean.class, MemorySegment.class, int.class, int.class, int.class));
  }

  /// Makes one; empty when llama.cpp refuses, with the reason in [NativeLog#takeErrors].
  ///
  /// @param abort when it is true a step ends early, with all its sequences left half done
  /// @param adapters from [Model#adapter]
  public static Optional<Context> open(
      Model model, ContextSettings settings, List<MemorySegment> adapters, BooleanSupplier abort) {
    var natives = model.natives;
    var upcalls = Arena.ofConfined();
    try (var arena = Arena.ofConfined()) {
      var params = params(natives, settings, arena);
      Layouts.set(params, Layouts.CONTEXT_PARAMS, "abort_callback", new Abort(abort).stub(upcalls));
      var opened =
          (MemorySegment)
              natives
                  .function("llama_init_from_model", ADDRESS, ADDRESS, Layouts.CONTEXT_PARAMS)
                  .any(model.pointer, params);
      if (Call.isNull(opened)) {
        upcalls.close();
        return Optional.empty();
      }
      return Optional.of(complete(new Context(model, opened, upcalls), settings, adapters));
    } catch (Throwable e) {
      if (upcalls.scope().isAlive()) {
        upcalls.close();
      }
      throw e;
    }
  }

  private static Context complete(
      Context context, ContextSettings settings, List<MemorySegment> adapters) {
    try {
      context.compute(settings.threads());
      context.lay(adapters);
      return context;
    } catch (Throwable e) {
      context.close();
      throw e;
    }
  }

  /// One thread is the caller's own.
  private void compute(int count) {
    if (count > 1) {
      threads = ThreadPool.attach(natives, pointer, count);
    }
  }

  private static MemorySegment params(Natives natives, ContextSettings settings, Arena arena) {
    var layout = Layouts.CONTEXT_PARAMS;
    var params = natives.function("llama_context_default_params", layout).asStruct(arena);
    Layouts.set(params, layout, "n_ctx", settings.length());
    Layouts.set(params, layout, "n_batch", settings.batch());
    Layouts.set(params, layout, "n_ubatch", settings.microBatch());
    Layouts.set(params, layout, "n_seq_max", settings.sequences());
    Layouts.set(params, layout, "n_outputs_max_per_seq", settings.outputsPerSequence());
    Layouts.set(params, layout, "n_threads", settings.threads());
    Layouts.set(params, layout, "n_threads_batch", settings.threads());
    Layouts.set(params, layout, "pooling_type", settings.pooling());
    Layouts.set(params, layout, "flash_attn_type", settings.flashAttention());
    Layouts.set(params, layout, "type_k", settings.typeK());
    Layouts.set(params, layout, "type_v", settings.typeV());
    Layouts.set(params, layout, "swa_full", false);
    Layouts.set(params, layout, "kv_unified", settings.unified());
    return params;
  }

  /// llama.cpp asks it between the nodes of a graph whether to stop, on a thread of its own.
  private record Abort(BooleanSupplier wanted) {

    MemorySegment stub(Arena arena) {
      try {
        var ask =
            MethodHandles.lookup()
                .findVirtual(
                    Abort.class, "ask", MethodType.methodType(boolean.class, MemorySegment.class))
                .bindTo(this);
        return Linker.nativeLinker()
            .upcallStub(ask, FunctionDescriptor.of(JAVA_BOOLEAN, ADDRESS), arena);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("the target of an upcall is missing", e);
      }
    }

    @SuppressWarnings("unused") // by its name, as the target of the upcall
    boolean ask(MemorySegment user) {
      try {
        return wanted.getAsBoolean();
      } catch (Throwable e) {
        return true;
      }
    }
  }

  private void lay(List<MemorySegment> adapters) {
    if (adapters.isEmpty()) {
      return;
    }
    try (var arena = Arena.ofConfined()) {
      var pointers = arena.allocate(ADDRESS, adapters.size());
      var scales = arena.allocate(JAVA_FLOAT, adapters.size());
      for (int i = 0; i < adapters.size(); i++) {
        pointers.setAtIndex(ADDRESS, i, adapters.get(i));
        scales.setAtIndex(JAVA_FLOAT, i, 1);
      }
      natives
          .function("llama_set_adapters_lora", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS)
          .any(pointer, pointers, (long) adapters.size(), scales);
    }
  }

  /// How a step went.
  public enum Step {
    DONE,
    /// The memory has no room for the batch; nothing changed.
    FULL,
    /// It was told to stop; what was computed stays in the memory.
    ABORTED,
    /// llama.cpp failed; what was computed stays in the memory.
    BROKEN
  }

  /// Computes a batch. Takes as long as it takes.
  public Step decode(Batch batch) {
    int code;
    try {
      code = (int) decode.invokeExact(pointer, batch.struct);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return switch (code) {
      case 0 -> Step.DONE;
      case 1 -> Step.FULL;
      case 2 -> Step.ABORTED;
      default -> Step.BROKEN;
    };
  }

  /// Waits until the last step is really computed: a GPU goes on after [#decode] returned.
  public void synchronize() {
    natives.procedure("llama_synchronize", ADDRESS).run(pointer);
  }

  /// The logits of one token of the last batch, for the whole vocabulary; valid until the next
  /// step.
  public MemorySegment logits(int index) {
    return logits.asPointer(pointer, index).reinterpret(vocabulary * (long) Float.BYTES);
  }

  /// The pooled vector of a sequence of the last batch.
  public float[] vectorOfSequence(int sequence) {
    return vector("llama_get_embeddings_seq", sequence);
  }

  /// The vector of one token of the last batch.
  public float[] vectorOfToken(int index) {
    return vector("llama_get_embeddings_ith", index);
  }

  private float[] vector(String function, int which) {
    var found = natives.function(function, ADDRESS, ADDRESS, JAVA_INT).asPointer(pointer, which);
    if (Call.isNull(found)) {
      throw new IllegalStateException("llama.cpp computed no vector");
    }
    return found.reinterpret(embedding * (long) Float.BYTES).toArray(JAVA_FLOAT);
  }

  /// Whether the next steps compute vectors or logits.
  public void wantVectors(boolean vectors) {
    natives.procedure("llama_set_embeddings", ADDRESS, JAVA_BOOLEAN).run(pointer, vectors);
  }

  /// Removes the tokens at the positions from `from` (inclusive) to `to` (exclusive; negative: the
  /// end). False when this kind of memory cannot remove a part; a whole sequence always goes.
  public boolean remove(int sequence, int from, int to) {
    if (!remembers()) {
      return true;
    }
    try {
      return (boolean) remove.invokeExact(memory, sequence, from, to);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Moves the tokens at the positions from `from` (inclusive) to `to` (exclusive) by `by`.
  public void move(int sequence, int from, int to, int by) {
    natives
        .procedure("llama_memory_seq_add", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT)
        .any(memory, sequence, from, to, by);
  }

  /// The first position that the memory still holds of a sequence; negative when it holds none.
  public int firstPosition(int sequence) {
    return natives
        .function("llama_memory_seq_pos_min", JAVA_INT, ADDRESS, JAVA_INT)
        .asInt(memory, sequence);
  }

  /// Whether there is a memory at all: a model that only embeds has none.
  public boolean remembers() {
    return !Call.isNull(memory);
  }

  /// Whether tokens in the memory can be moved.
  public boolean canMove() {
    return remembers()
        && natives.function("llama_memory_can_shift", JAVA_BOOLEAN, ADDRESS).asBoolean(memory);
  }

  /// Tokens that all sequences share.
  public int length() {
    return natives.function("llama_n_ctx", JAVA_INT, ADDRESS).asInt(pointer);
  }

  /// Tokens that one sequence may have.
  public int lengthOfSequence() {
    return natives.function("llama_n_ctx_seq", JAVA_INT, ADDRESS).asInt(pointer);
  }

  public int batch() {
    return natives.function("llama_n_batch", JAVA_INT, ADDRESS).asInt(pointer);
  }

  public int microBatch() {
    return natives.function("llama_n_ubatch", JAVA_INT, ADDRESS).asInt(pointer);
  }

  /// `enum llama_pooling_type`.
  public int pooling() {
    return natives.function("llama_pooling_type", JAVA_INT, ADDRESS).asInt(pointer);
  }

  @Override
  public void close() {
    natives.procedure("llama_free", ADDRESS).run(pointer);
    threads.ifPresent(ThreadPool::close);
    upcalls.close();
  }
}
