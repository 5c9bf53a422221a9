package dev.corral.fit;

import java.util.List;
import java.util.Locale;

/// The one-line estimate for a model of which only the file's size is known: the file, what a step
/// and the driver's context take, and a cache as the larger models have it. From above.
final class Rough {
  /// Source: memory-fit note, section 5.
  private static final long STEPS = 900L << 20;

  /// Bytes that a token takes in the cache of a model of 8 billion weights, rounded up by half; it
  /// grows with the root of the weights.
  private static final double CACHE_OF_TOKEN = 192 * 1024;

  private static final double ITS_FILE = 5e9;

  /// Nobody knows better, so little is called perfect.
  private static final double HEADROOM = 0.8;

  private Rough() {}

  static Fit fit(String model, long fileBytes, FitSettings settings, Hardware hardware) {
    long cache =
        Math.round(
            settings.context() * CACHE_OF_TOKEN * Math.sqrt(Math.max(0.1, fileBytes / ITS_FILE)));
    long need = fileBytes + cache + STEPS;
    boolean gpu = !hardware.gpus().isEmpty();
    long usable = gpu ? hardware.gpus().getFirst().usableBytes() : hardware.hostUsableBytes();
    Verdict verdict =
        need < HEADROOM * usable
            ? Verdict.PERFECT
            : need <= usable
                ? Verdict.TIGHT
                : gpu && need <= usable + hardware.hostUsableBytes()
                    ? Verdict.PARTIAL
                    : Verdict.WONT;
    String reason =
        "Roughly "
            + Text.bytes(need)
            + (gpu ? " of GPU memory, " : " of RAM, ")
            + Text.bytes(usable)
            + " may be used. Only the size of the file is known, this is estimated from above.";
    return new Fit(
        model,
        "unknown",
        "unknown",
        settings.context(),
        settings.parallel(),
        settings.unified(),
        settings.flashAttention().text(),
        settings.kvK().name().toLowerCase(Locale.ROOT),
        settings.kvV().name().toLowerCase(Locale.ROOT),
        settings.ubatch(),
        gpu ? "gpu" : "cpu",
        false,
        part(gpu, fileBytes),
        part(gpu, cache),
        part(gpu, STEPS),
        0,
        gpu ? 0 : need,
        gpu ? List.of(need) : List.of(),
        verdict,
        new Fit.Blocks(0, 0),
        gpu ? hardware.gpus().getFirst().freeBytes() : hardware.hostFreeBytes(),
        Math.max(0, need - usable),
        null,
        reason,
        verdict == Verdict.PERFECT ? null : "Choose a smaller quantization or a smaller model.");
  }

  private static Fit.Part part(boolean gpu, long bytes) {
    return gpu ? new Fit.Part(0, List.of(bytes)) : new Fit.Part(bytes, List.of());
  }
}
