package dev.corral.runner.llama;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.StructLayout;
import java.nio.file.Path;

/// A file of weights written anew with fewer bits, by llama.cpp itself. It tells on its log how far
/// it is, tensor by tensor: `[ 12/ 201] …`.
public final class Quantization {

  /// `llama_model_quantize_params` of 0.5.0.
  private static final StructLayout PARAMS =
      structLayout(
          JAVA_INT.withName("nthread"),
          JAVA_INT.withName("ftype"),
          JAVA_INT.withName("output_tensor_type"),
          JAVA_INT.withName("token_embedding_type"),
          JAVA_BOOLEAN.withName("allow_requantize"),
          JAVA_BOOLEAN.withName("quantize_output_tensor"),
          JAVA_BOOLEAN.withName("only_copy"),
          JAVA_BOOLEAN.withName("pure"),
          JAVA_BOOLEAN.withName("keep_split"),
          JAVA_BOOLEAN.withName("dry_run"),
          paddingLayout(2),
          ADDRESS.withName("imatrix"),
          ADDRESS.withName("kv_overrides"),
          ADDRESS.withName("tt_overrides"),
          ADDRESS.withName("prune_layers"),
          JAVA_INT.withName("reserved_0"),
          JAVA_INT.withName("reserved_1"));

  /// What the library gives where nobody chose: a sign that the structure is the one above.
  private static final int USUAL_FILE_TYPE = 7;

  private Quantization() {}

  /// What a file can be made into: those that Ollama knows, by llama.cpp's numbers (`llama_ftype`).
  public enum Level {
    F32(0),
    F16(1),
    Q8_0(7),
    Q4_K_S(14),
    Q4_K_M(15),
    BF16(32);

    private final int number;

    Level(int number) {
      this.number = number;
    }
  }

  /// Writes `to`; what is there is replaced.
  ///
  /// @return false when llama.cpp refuses, with the reason in [NativeLog#takeErrors]
  /// @throws NativesUnusable where this library lays its settings out differently
  public static boolean run(Natives natives, Path from, Path to, Level level, int threads)
      throws NativesUnusable {
    try (var arena = Arena.ofConfined()) {
      var params = natives.structure("llama_model_quantize_default_params", PARAMS, arena);
      if (params.get(JAVA_INT, Integer.BYTES) != USUAL_FILE_TYPE) {
        throw new NativesUnusable(
            "The libraries of llama.cpp "
                + natives.version()
                + " lay out their settings for quantizing differently from what this program was"
                + " written for. Use the ones that came with it.");
      }
      Layouts.set(params, PARAMS, "nthread", threads);
      Layouts.set(params, PARAMS, "ftype", level.number);
      // A file of whole weights may hold single tensors that are smaller already.
      Layouts.set(params, PARAMS, "allow_requantize", true);
      long source = arena.allocateFrom(from.toString()).address();
      long target = arena.allocateFrom(to.toString()).address();
      return natives.call("llama_model_quantize").asInt(source, target, params.address()) == 0;
    }
  }
}
