package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.DoubleConsumer;

/// The weights of one file, in memory. Closed after every [Context] made from it.
public final class Model implements AutoCloseable {

  final Natives natives;
  final long pointer;
  private final Vocabulary vocabulary;

  private Model(Natives natives, long pointer) {
    this.natives = natives;
    this.pointer = pointer;
    this.vocabulary =
        new Vocabulary(natives, natives.call("llama_model_get_vocab").asPointer(pointer));
  }

  /// Where the weights go.
  ///
  /// @param gpuBlocks blocks to place on GPUs; negative: all
  /// @param mainGpu the GPU that is used alone; negative: all
  /// @param memoryMap map the file where the device can; else its content is read into memory
  public record Placement(int gpuBlocks, int mainGpu, boolean memoryMap) {}

  /// `LLAMA_LOAD_MODE_NONE`.
  private static final int READ = 0;

  /// `LLAMA_SPLIT_MODE_NONE`.
  private static final int ONE_GPU = 0;

  /// Loads a file; empty when llama.cpp refuses it, with the reason in [NativeLog#takeErrors].
  ///
  /// @param progress told the share that is loaded, on this thread
  public static Optional<Model> load(
      Natives natives, Path file, Placement placement, DoubleConsumer progress) {
    var layout = Layouts.MODEL_PARAMS;
    try (var arena = Arena.ofConfined()) {
      var params = natives.structure("llama_model_default_params", layout, arena);
      Layouts.set(params, layout, "n_gpu_layers", Math.max(-1, placement.gpuBlocks()));
      if (placement.mainGpu() >= 0) {
        Layouts.set(params, layout, "split_mode", ONE_GPU);
        Layouts.set(params, layout, "main_gpu", placement.mainGpu());
      }
      if (!placement.memoryMap()) {
        Layouts.set(params, layout, "load_mode", READ);
      }
      Layouts.set(params, layout, "progress_callback", new Progress(progress).stub(arena));
      var path = arena.allocateFrom(file.toString());
      var loaded =
          natives
              .shaped("llama_model_load_from_file", Shaped.LOAD)
              .asPointer(path.address(), params);
      return Call.isNull(loaded)
          ? Optional.empty()
          : Optional.of(new Model(natives, loaded.address()));
    }
  }

  /// llama.cpp asks it whether to go on, many times while it loads.
  private record Progress(DoubleConsumer told) {

    MemorySegment stub(Arena arena) {
      try {
        var ask =
            MethodHandles.lookup()
                .findVirtual(
                    Progress.class,
                    "ask",
                    MethodType.methodType(boolean.class, float.class, MemorySegment.class))
                .bindTo(this);
        return Linker.nativeLinker()
            .upcallStub(ask, FunctionDescriptor.of(JAVA_BOOLEAN, JAVA_FLOAT, ADDRESS), arena);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("the target of an upcall is missing", e);
      }
    }

    @SuppressWarnings("unused") // by its name, as the target of the upcall
    boolean ask(float share, MemorySegment user) {
      try {
        told.accept(share);
      } catch (Throwable e) {
        System.err.println("nobody could be told how much of the model is loaded");
      }
      return true;
    }
  }

  /// Lays a LoRA file over the model, at full scale for every context made later.
  public Optional<MemorySegment> adapter(Path file) {
    try (var arena = Arena.ofConfined()) {
      var adapter =
          natives
              .call("llama_adapter_lora_init")
              .asPointer(pointer, arena.allocateFrom(file.toString()).address());
      return Call.isNull(adapter) ? Optional.empty() : Optional.of(adapter);
    }
  }

  public Vocabulary vocabulary() {
    return vocabulary;
  }

  public int trainedContext() {
    return number("llama_model_n_ctx_train");
  }

  /// Numbers in one vector that comes out of it.
  public int embeddingLength() {
    return number("llama_model_n_embd_out");
  }

  /// Tokens that a windowed attention looks back on; 0 where it looks back on all.
  public int window() {
    return number("llama_model_n_swa");
  }

  public long bytes() {
    return natives.call("llama_model_size").asLong(pointer);
  }

  public long parameters() {
    return natives.call("llama_model_n_params").asLong(pointer);
  }

  /// Whether its state cannot lose single tokens: it is one running sum.
  public boolean recurrent() {
    return flag("llama_model_is_recurrent") || flag("llama_model_is_hybrid");
  }

  /// Whether it cannot simply continue a text: it has an encoder of its own, or it denoises.
  public boolean anotherKind() {
    return flag("llama_model_has_encoder") || flag("llama_model_is_diffusion");
  }

  /// The file's chat template, or an empty text.
  public String chatTemplate() {
    return Call.text(natives.call("llama_model_chat_template").asPointer(pointer, 0));
  }

  /// llama.cpp's words for it, such as `llama 1B Q4_K - Medium`.
  public String description() {
    return string((out, room) -> natives.call("llama_model_desc").asInt(pointer, out, room));
  }

  /// A scalar of the file's header as text; empty where there is none.
  public String metadata(String key) {
    try (var arena = Arena.ofConfined()) {
      long name = arena.allocateFrom(key).address();
      return string(
          (out, room) -> natives.call("llama_model_meta_val_str").asInt(pointer, name, out, room));
    }
  }

  private int number(String function) {
    return natives.call(function).asInt(pointer);
  }

  private boolean flag(String function) {
    return natives.call(function).asBoolean(pointer);
  }

  /// What a function writes into a buffer; it returns the length, or a negative number.
  private static String string(Writer function) {
    int room = 1024;
    try (var arena = Arena.ofConfined()) {
      var out = arena.allocate(room);
      int length = function.write(out.address(), room);
      var bytes = out.asSlice(0, Math.clamp(length, 0, room - 1)).toArray(JAVA_BYTE);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private interface Writer {
    int write(long buffer, int room);
  }

  @Override
  public void close() {
    natives.call("llama_model_free").run(pointer);
  }
}
