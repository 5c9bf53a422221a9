package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks for the next smaller step that would put all of a model where it was asked, the mildest
/// first.
final class Steps {
  private static final long SMALLEST_CONTEXT = 2048;

  /// A step that saves less than a twentieth of the weights is none.
  private static final double WORTH_IT = 0.95;

  /// Bits for one weight, from good to small, as files of these names have on average.
  private static final List<Size> QUANTIZATIONS =
      List.of(
          new Size("Q8_0", 8.5),
          new Size("Q6_K", 6.6),
          new Size("Q5_K_M", 5.7),
          new Size("Q4_K_M", 4.9),
          new Size("IQ4_XS", 4.3),
          new Size("Q3_K_M", 3.95),
          new Size("Q2_K", 3.1),
          new Size("IQ2_XXS", 2.2));

  private record Size(String name, double bits) {}

  private final Judge.Bench bench;

  Steps(Judge.Bench bench) {
    this.bench = bench;
  }

  @Nullable String next(FitSettings settings) {
    FitSettings whole =
        settings.placement() instanceof Placement.Blocks
            ? settings.withPlacement(new Placement.Gpu())
            : settings;
    if (bench.lacking(whole.placement().devices())) {
      return elsewhere(whole);
    }
    Verdict now = bench.verdict(bench.estimate(whole));
    List<String> steps = new ArrayList<>();
    cache(whole, now).ifPresent(steps::add);
    slots(whole, now).ifPresent(steps::add);
    context(whole, now).ifPresent(steps::add);
    quantization(whole, now).ifPresent(steps::add);
    if (bench.gpus() > 1 && whole.placement() instanceof Placement.Gpu) {
      better(whole.withPlacement(new Placement.GpuTwo()), now)
          .ifPresent(verdict -> steps.add("both GPUs (" + verdict.word() + ")"));
    }
    experts(whole, now).ifPresent(steps::add);
    if (steps.isEmpty()) {
      return now == Verdict.WONT
          ? "No single smaller step makes it fit; choose a smaller model."
          : null;
    }
    return "Better with " + String.join(", or with ", steps) + ".";
  }

  /// Where the GPUs that were asked for are not here.
  private String elsewhere(FitSettings settings) {
    Placement other = bench.gpus() == 0 ? new Placement.Cpu() : new Placement.Gpu();
    Verdict verdict = bench.verdict(bench.estimate(settings.withPlacement(other)));
    return "With the placement "
        + other.text()
        + ": "
        + verdict.word()
        + ". For a card that you think of, say its memory: --vram 24GiB.";
  }

  private Optional<String> cache(FitSettings settings, Verdict now) {
    boolean done = settings.kvK().quantized() || !settings.flashAttention().on();
    return done
        ? Optional.empty()
        : better(settings.withCache(TensorType.Q8_0, TensorType.Q8_0), now)
            .map(verdict -> "a q8_0 cache (" + verdict.word() + ")");
  }

  /// A model of many experts computes with few of them: they may stay on the host.
  private Optional<String> experts(FitSettings settings, Verdict now) {
    boolean some = bench.shape().blocks().stream().anyMatch(block -> block.experts() != null);
    if (!some || now != Verdict.WONT || !(settings.placement() instanceof Placement.Gpu)) {
      return Optional.empty();
    }
    FitSettings aside = settings.withPlacement(new Placement.ExpertsOnHost());
    return bench.verdict(bench.estimate(aside)).runs()
        ? Optional.of("all experts on the host (gpu-experts-on-host)")
        : Optional.empty();
  }

  private Optional<String> slots(FitSettings settings, Verdict now) {
    return settings.parallel() == 1
        ? Optional.empty()
        : better(settings.withParallel(1), now).map(verdict -> "one slot (" + verdict.word() + ")");
  }

  private Optional<String> context(FitSettings settings, Verdict now) {
    for (long context = settings.context() / 2; context >= SMALLEST_CONTEXT; context /= 2) {
      long tried = context;
      Optional<String> step =
          better(settings.withContext(tried), now)
              .map(verdict -> "a context of " + tried + " (" + verdict.word() + ")");
      if (step.isPresent()) {
        return step;
      }
    }
    return Optional.empty();
  }

  private Optional<Verdict> better(FitSettings settings, Verdict now) {
    if (Refusal.of(bench.gguf(), bench.shape(), settings).isPresent()) {
      return Optional.empty();
    }
    Verdict verdict = bench.verdict(bench.estimate(settings));
    return verdict.compareTo(now) < 0 ? Optional.of(verdict) : Optional.empty();
  }

  /// Another quantization scales the blocks' weights; cache and buffers stay.
  private Optional<String> quantization(FitSettings settings, Verdict now) {
    Gguf gguf = bench.gguf();
    Estimate estimate = bench.estimate(settings);
    long elements = gguf.tensors().stream().mapToLong(tensor -> tensor.elements()).sum();
    if (!gguf.complete() || elements == 0) {
      return Optional.empty();
    }
    double bits = 8.0 * gguf.tensorBytes() / elements;
    for (Size size : QUANTIZATIONS) {
      double scale = size.bits() / bits;
      if (scale < WORTH_IT) {
        Verdict verdict = bench.verdict(estimate.withWeights(scale));
        if (verdict.compareTo(now) < 0) {
          return Optional.of(size.name() + " (" + verdict.word() + ")");
        }
      }
    }
    return Optional.empty();
  }
}
