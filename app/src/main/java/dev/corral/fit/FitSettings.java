package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.TensorType;
import java.util.Locale;
import java.util.Map;

/// What a model would be run with. The same record builds a runner's command line, so that the
/// estimate and the launch cannot drift.
///
/// @param context tokens of context, over all slots
/// @param parallel slots
/// @param unified slots share one cache; else each has its part of it
/// @param flashAttention `AUTO` counts as on, which is what it becomes wherever it can
/// @param kvK type of the cached keys
/// @param kvV type of the cached values
/// @param ubatch tokens that one step computes at most
/// @param allLogits reserve a row of logits for every token of a step, as the bare library and
///   embedding servers do; a server of ours reserves one for each slot
/// @param fullWindows keep windowed blocks' whole context
/// @param embeddings the model is asked for vectors, not for text
public record FitSettings(
    long context,
    int parallel,
    boolean unified,
    FlashAttention flashAttention,
    TensorType kvK,
    TensorType kvV,
    long ubatch,
    boolean allLogits,
    boolean fullWindows,
    boolean embeddings,
    Placement placement) {

  /// The types that a cache may have, as the command line writes them.
  private static final Map<String, TensorType> CACHE_TYPES =
      Map.of(
          "f32", TensorType.F32,
          "f16", TensorType.F16,
          "bf16", TensorType.BF16,
          "q8_0", TensorType.Q8_0,
          "q5_1", TensorType.Q5_1,
          "q5_0", TensorType.Q5_0,
          "q4_1", TensorType.Q4_1,
          "q4_0", TensorType.Q4_0,
          "iq4_nl", TensorType.IQ4_NL);

  public static final long DEFAULT_UBATCH = 512;

  /// What a request gets that says nothing (Ollama's own on machines without a large GPU).
  public static final long DEFAULT_CONTEXT = 4096;

  /// Far beyond any model; with the bounds of [Shape] they keep every product below 2^63.
  private static final long MOST_CONTEXT = 1L << 28;

  private static final int MOST_PARALLEL = 256;
  private static final long MOST_UBATCH = 1L << 16;

  public enum FlashAttention {
    ON,
    OFF,
    AUTO;

    boolean on() {
      return this != OFF;
    }

    /// @throws IllegalArgumentException with the words that are understood
    public static FlashAttention parse(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "on" -> ON;
        case "off" -> OFF;
        case "auto" -> AUTO;
        default ->
            throw new IllegalArgumentException(
                "'" + text + "' is no choice for flash-attn; write on, off or auto");
      };
    }

    /// As it is written.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// @throws IllegalArgumentException where a number is out of all bounds, with the bound
  public FitSettings {
    within("context", context, MOST_CONTEXT);
    within("parallel", parallel, MOST_PARALLEL);
    within("ubatch", ubatch, MOST_UBATCH);
  }

  private static void within(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " must be from 1 to " + most + ", not " + value);
    }
  }

  /// One slot, flash attention, an f16 cache, placed as suits the machine: what most people mean.
  public static FitSettings of(long context) {
    return new FitSettings(
        context,
        1,
        false,
        FlashAttention.AUTO,
        TensorType.F16,
        TensorType.F16,
        DEFAULT_UBATCH,
        false,
        false,
        false,
        new Placement.Auto());
  }

  /// @throws IllegalArgumentException with the types that are understood
  public static TensorType cacheType(String text) {
    TensorType type = CACHE_TYPES.get(text.strip().toLowerCase(Locale.ROOT));
    if (type == null) {
      throw new IllegalArgumentException(
          "'" + text + "' is no cache type; write f16, bf16, q8_0, q5_1, q5_0, q4_1, q4_0 or f32");
    }
    return type;
  }

  public FitSettings withContext(long tokens) {
    return new FitSettings(
        tokens,
        parallel,
        unified,
        flashAttention,
        kvK,
        kvV,
        ubatch,
        allLogits,
        fullWindows,
        embeddings,
        placement);
  }

  /// A context that nobody asked for is no longer than what a model was trained for.
  public FitSettings withinTraining(Gguf gguf) {
    return withContext(usualContext(context, gguf));
  }

  static long usualContext(long usual, Gguf gguf) {
    long trained =
        gguf.architecture().map(name -> gguf.whole(name + ".context_length").orElse(0)).orElse(0L);
    return trained > 0 ? Math.min(usual, trained) : usual;
  }

  public FitSettings withParallel(int slots) {
    return new FitSettings(
        context,
        slots,
        unified,
        flashAttention,
        kvK,
        kvV,
        ubatch,
        allLogits,
        fullWindows,
        embeddings,
        placement);
  }

  public FitSettings withCache(TensorType keys, TensorType values) {
    return new FitSettings(
        context,
        parallel,
        unified,
        flashAttention,
        keys,
        values,
        ubatch,
        allLogits,
        fullWindows,
        embeddings,
        placement);
  }

  public FitSettings withPlacement(Placement other) {
    return new FitSettings(
        context,
        parallel,
        unified,
        flashAttention,
        kvK,
        kvV,
        ubatch,
        allLogits,
        fullWindows,
        embeddings,
        other);
  }

  /// As a server runs a model that answers with vectors: all rows of a step are wanted.
  FitSettings embedding() {
    return new FitSettings(
        context,
        parallel,
        unified,
        flashAttention,
        kvK,
        kvV,
        ubatch,
        true,
        fullWindows,
        true,
        placement);
  }
}
