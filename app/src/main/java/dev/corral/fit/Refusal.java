package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.TensorType;
import java.util.Optional;

/// What the engine says no to before it allocates anything, or would crash over.
///
/// @param reason why
/// @param next what to set instead
record Refusal(String reason, String next) {

  static Optional<Refusal> of(Gguf gguf, Shape shape, FitSettings settings) {
    Optional<Refusal> refusal = byType(shape, settings);
    if (refusal.isPresent() || !GraphBudget.exceeded(gguf, shape, Run.of(settings, shape))) {
      return refusal;
    }
    return refusal(
        "The file has few tensors, and with these settings the engine's graph of steps outgrows the"
            + " room it makes for it; it would crash at the start.",
        "Keep the cache as f16, or let the slots share one cache.");
  }

  private static Optional<Refusal> byType(Shape shape, FitSettings settings) {
    if (shape.latent().active() && settings.kvK() != settings.kvV()) {
      return refusal(
          "This model keeps keys and values in one compressed cache, so both must have the same"
              + " type.",
          "Set keys and values to the same type.");
    }
    boolean flash =
        settings.flashAttention().on() && !Architectures.withoutFlash(shape.architecture());
    if (settings.kvV().quantized() && !flash) {
      return refusal(
          "Quantised values in the cache need flash attention, which is off.",
          "Turn flash attention on, or keep values as f16.");
    }
    return flash ? headSize(shape, settings) : Optional.empty();
  }

  private static Optional<Refusal> headSize(Shape shape, FitSettings settings) {
    for (Block block : shape.blocks()) {
      if (!divides(settings.kvK(), block.keyLength())) {
        return odd(settings.kvK(), block.keyLength());
      }
      if (!divides(settings.kvV(), block.valueLength())) {
        return odd(settings.kvV(), block.valueLength());
      }
    }
    return Optional.empty();
  }

  private static boolean divides(TensorType type, long length) {
    return length % type.elements() == 0;
  }

  private static Optional<Refusal> odd(TensorType type, long length) {
    return refusal(
        "A "
            + type
            + " cache stores "
            + type.elements()
            + " numbers together, and this model's heads have "
            + length
            + ", which is no multiple of it.",
        "Keep the cache as f16.");
  }

  private static Optional<Refusal> refusal(String reason, String next) {
    return Optional.of(new Refusal(reason, next));
  }
}
