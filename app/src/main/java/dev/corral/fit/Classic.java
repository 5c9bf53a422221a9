package dev.corral.fit;

import dev.corral.gguf.FileType;
import dev.corral.gguf.Gguf;
import java.util.List;
import java.util.Locale;

/// The rule of thumb that older tools use: the file and 20 % on top, 1 MiB for 1000 tokens, 500
/// MiB. Told only to who asks for it: it knows no architecture.
final class Classic {
  private static final long BASE = 500L << 20;

  /// Below it there is headroom, by the rule that all verdicts follow.
  private static final double HEADROOM = 0.9;

  private Classic() {}

  static long cache(long context) {
    return (context << 20) / 1000;
  }

  static long rest(long fileBytes) {
    return fileBytes / 5 + BASE;
  }

  static Fit fit(String model, Gguf gguf, FitSettings settings, Hardware hardware) {
    boolean gpu = !hardware.gpus().isEmpty();
    long file = gguf.length();
    long need = Fit.classicBytes(file, settings.context());
    long usable = gpu ? hardware.gpus().getFirst().usableBytes() : hardware.hostUsableBytes();
    Verdict verdict =
        need < HEADROOM * usable ? Verdict.PERFECT : need <= usable ? Verdict.TIGHT : Verdict.WONT;
    return new Fit(
        model,
        gguf.architecture().orElse("unknown"),
        FileType.of(gguf),
        settings.context(),
        settings.parallel(),
        settings.unified(),
        settings.flashAttention().text(),
        settings.kvK().name().toLowerCase(Locale.ROOT),
        settings.kvV().name().toLowerCase(Locale.ROOT),
        settings.ubatch(),
        gpu ? "gpu" : "cpu",
        false,
        part(gpu, file),
        part(gpu, cache(settings.context())),
        part(gpu, rest(file)),
        0,
        gpu ? 0 : need,
        gpu ? List.of(need) : List.of(),
        verdict,
        new Fit.Blocks(0, 0),
        gpu ? hardware.gpus().getFirst().freeBytes() : hardware.hostFreeBytes(),
        Math.max(0, need - usable),
        null,
        "By the classic formula (file × 1.2 + 1 MiB for 1000 tokens + 500 MiB): "
            + Text.bytes(need)
            + ", and "
            + Text.bytes(usable)
            + " may be used. It knows no architecture and is off by -83 to +23 %.",
        "Leave --formula away for llama.cpp's own accounting.");
  }

  private static Fit.Part part(boolean gpu, long bytes) {
    return gpu ? new Fit.Part(0, List.of(bytes)) : new Fit.Part(bytes, List.of());
  }
}
