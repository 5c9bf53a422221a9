package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A model at work: its memory of sequences, and one step at a time. Belongs to one thread.
public final class Context implements AutoCloseable {

  final long pointer;
  private final Natives natives;
  private final long memory;
  private final int vocabulary;
  private final int embedding;
  private final Call logits;
  private final Shaped decode;
  private final Arena upcalls;
  private Optional<ThreadPool> threads = Optional.empty();

  private Context(Model model, long pointer, Arena upcalls) {
    this.natives = model.natives;
    this.pointer = pointer;
    this.upcalls = upcalls;
    this.vocabulary = model.vocabulary().size();
    this.embedding = model.embeddingLength();
    this.memory = natives.call("llama_get_memory").asLong(pointer);
    this.logits = natives.call("llama_get_logits_ith");
    this.decode = natives.shaped("llama_decode", Shaped.DECODE);
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
      var stop = ((Upcall) (_, _, _) -> Call.flag(wanted(abort))).stub(upcalls);
      Layouts.set(params, Layouts.CONTEXT_PARAMS, "abort_callback", stop);
      var opened =
          natives.shaped("llama_init_from_model", Shaped.OPEN).asPointer(model.pointer, params);
      if (Call.isNull(opened)) {
        upcalls.close();
        return Optional.empty();
      }
      return Optional.of(complete(new Context(model, opened.address(), upcalls), adapters));
    } catch (Throwable e) {
      if (upcalls.scope().isAlive()) {
        upcalls.close();
      }
      throw e;
    }
  }

  private static Context complete(Context context, List<MemorySegment> adapters) {
    try {
      context.lay(adapters);
      return context;
    } catch (Throwable e) {
      context.close();
      throw e;
    }
  }

  private static MemorySegment params(Natives natives, ContextSettings settings, Arena arena) {
    var layout = Layouts.CONTEXT_PARAMS;
    var params = natives.structure("llama_context_default_params", layout, arena);
    Layouts.set(params, layout, "n_ctx", settings.length());
    Layouts.set(params, layout, "n_batch", settings.batch());
    Layouts.set(params, layout, "n_ubatch", settings.microBatch());
    Layouts.set(params, layout, "n_seq_max", settings.sequences());
    Layouts.set(params, layout, "n_outputs_max_per_seq", settings.outputsPerSequence());
    Layouts.set(params, layout, "n_threads", 1);
    Layouts.set(params, layout, "n_threads_batch", 1);
    Layouts.set(params, layout, "pooling_type", settings.pooling());
    Layouts.set(params, layout, "flash_attn_type", settings.flashAttention());
    Layouts.set(params, layout, "type_k", settings.typeK());
    Layouts.set(params, layout, "type_v", settings.typeV());
    Layouts.set(params, layout, "swa_full", false);
    Layouts.set(params, layout, "kv_unified", settings.unified());
    return params;
  }

  /// So many threads compute from the next step on; until this is called, the caller's own alone.
  /// Called once.
  public void compute(int count) {
    if (count > 1) {
      natives.call("llama_set_n_threads").run(pointer, count, count);
      threads = ThreadPool.attach(natives, pointer, count);
    }
  }

  /// llama.cpp asks between the nodes of a graph whether to stop, on a thread of its own.
  private static boolean wanted(BooleanSupplier abort) {
    try {
      return abort.getAsBoolean();
    } catch (Throwable e) {
      return true;
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
          .call("llama_set_adapters_lora")
          .run(pointer, pointers.address(), adapters.size(), scales.address());
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
    return switch (decode.asInt(MemorySegment.ofAddress(pointer), batch.struct)) {
      case 0 -> Step.DONE;
      case 1 -> Step.FULL;
      case 2 -> Step.ABORTED;
      default -> Step.BROKEN;
    };
  }

  /// Waits until the last step is really computed: a GPU goes on after [#decode] returned.
  public void synchronize() {
    natives.call("llama_synchronize").run(pointer);
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
    var found = natives.call(function).asPointer(pointer, which);
    if (Call.isNull(found)) {
      throw new IllegalStateException("llama.cpp computed no vector");
    }
    return found.reinterpret(embedding * (long) Float.BYTES).toArray(JAVA_FLOAT);
  }

  /// Whether the next steps compute vectors or logits.
  public void wantVectors(boolean vectors) {
    natives.call("llama_set_embeddings").run(pointer, Call.flag(vectors));
  }

  /// Removes the tokens at the positions from `from` (inclusive) to `to` (exclusive; negative: the
  /// end). False when this kind of memory cannot remove a part; a whole sequence always goes.
  public boolean remove(int sequence, int from, int to) {
    return !remembers()
        || natives.call("llama_memory_seq_rm").asBoolean(memory, sequence, from, to);
  }

  /// Moves the tokens at the positions from `from` (inclusive) to `to` (exclusive) by `by`.
  public void move(int sequence, int from, int to, int by) {
    natives.call("llama_memory_seq_add").run(memory, sequence, from, to, by);
  }

  /// The first position that the memory still holds of a sequence; negative when it holds none.
  public int firstPosition(int sequence) {
    return natives.call("llama_memory_seq_pos_min").asInt(memory, sequence);
  }

  /// Whether there is a memory at all: a model that only embeds has none.
  public boolean remembers() {
    return memory != 0;
  }

  /// Whether tokens in the memory can be moved.
  public boolean canMove() {
    return remembers() && natives.call("llama_memory_can_shift").asBoolean(memory);
  }

  /// Tokens that all sequences share.
  public int length() {
    return natives.call("llama_n_ctx").asInt(pointer);
  }

  /// Tokens that one sequence may have.
  public int lengthOfSequence() {
    return natives.call("llama_n_ctx_seq").asInt(pointer);
  }

  public int batch() {
    return natives.call("llama_n_batch").asInt(pointer);
  }

  public int microBatch() {
    return natives.call("llama_n_ubatch").asInt(pointer);
  }

  /// `enum llama_pooling_type`.
  public int pooling() {
    return natives.call("llama_pooling_type").asInt(pointer);
  }

  @Override
  public void close() {
    natives.call("llama_free").run(pointer);
    threads.ifPresent(ThreadPool::close);
    upcalls.close();
  }
}
