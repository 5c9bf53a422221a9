package dev.corral.fit;

import dev.corral.gguf.Gguf;
import dev.corral.gguf.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Weighs an estimate against a machine, and looks for the next smaller step that would fit.
final class Judge {
  /// `perfect` leaves a tenth of what may be used.
  private static final double HEADROOM = 0.9;

  /// An estimate that is not exact is called `perfect` only where it could be off by so much.
  private static final double DOUBT = 1.15;

  private static final long SMALLEST_CONTEXT = 2048;

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

  private final String model;
  private final Gguf gguf;
  private final Hardware hardware;
  private final Optional<Shape> shape;

  Judge(String model, Gguf gguf, Hardware hardware) {
    this.model = model;
    this.gguf = gguf;
    this.hardware = hardware;
    this.shape = ShapeReader.read(gguf);
  }

  Fit judge(FitSettings asked) {
    if (shape.isEmpty()) {
      return Fit.refused(
          model,
          gguf,
          asked,
          "The header does not say the architecture, its number of blocks or its width, so this is"
              + " no model that the engine can load.",
          "Choose a model file, not a vocabulary, an adapter or a projector.");
    }
    Shape known = shape.get();
    Optional<Refusal> refusal = Refusal.of(gguf, known, asked);
    if (refusal.isPresent()) {
      return Fit.refused(model, gguf, asked, refusal.get().reason(), refusal.get().next());
    }
    FitSettings settings = placeable(asked);
    Estimate estimate = estimate(known, settings);
    Verdict verdict = verdict(estimate);
    if (verdict == Verdict.WONT && settings.placement() instanceof Placement.Gpu) {
      Optional<Fit> partly = partly(known, settings);
      if (partly.isPresent()) {
        return partly.get();
      }
    }
    return fit(known, settings, estimate, verdict);
  }

  /// A machine without a GPU has one placement only; one with a single GPU has no pipeline.
  private FitSettings placeable(FitSettings settings) {
    int gpus = hardware.gpus().size();
    if (gpus == 0) {
      return settings.withPlacement(new Placement.Cpu());
    }
    return settings.placement() instanceof Placement.GpuTwo && gpus < 2
        ? settings.withPlacement(new Placement.Gpu())
        : settings;
  }

  private Estimate estimate(Shape known, FitSettings settings) {
    return Estimate.of(gguf, known, settings, shares());
  }

  /// Two GPUs get blocks by their free memory.
  private List<Double> shares() {
    List<Hardware.Gpu> gpus = hardware.gpus();
    if (gpus.size() < 2) {
      return List.of(1.0);
    }
    double first = gpus.get(0).freeBytes();
    double both = first + gpus.get(1).freeBytes();
    return List.of(both == 0 ? 0.5 : first / both, 1.0);
  }

  private boolean exact() {
    return gguf.complete() && shape.map(Shape::known).orElse(false);
  }

  private Verdict verdict(Estimate estimate) {
    double doubt = exact() ? 1 : DOUBT;
    boolean perfect = true;
    List<Long> devices = estimate.devices();
    for (int i = 0; i < devices.size(); i++) {
      long usable = hardware.gpus().get(i).usableBytes();
      if (devices.get(i) > usable) {
        return Verdict.WONT;
      }
      perfect &= devices.get(i) * doubt < HEADROOM * usable;
    }
    if (estimate.host() > hardware.hostUsableBytes()) {
      return Verdict.WONT;
    }
    if (devices.isEmpty()) {
      perfect = estimate.host() * doubt < HEADROOM * hardware.hostUsableBytes();
    }
    return perfect ? Verdict.PERFECT : Verdict.TIGHT;
  }

  /// As many blocks on the GPU as fit, the rest on the host.
  private Optional<Fit> partly(Shape known, FitSettings settings) {
    int low = 0;
    int high = known.allBlocks();
    FitSettings best = null;
    while (low <= high) {
      int middle = (low + high) / 2;
      FitSettings tried = settings.withPlacement(new Placement.Blocks(middle));
      Estimate estimate = estimate(known, tried);
      boolean device = estimate.devices().getFirst() <= hardware.gpus().getFirst().usableBytes();
      boolean host = estimate.host() <= hardware.hostUsableBytes();
      if (device && host) {
        best = tried;
      }
      // more on the GPU takes load off the host, so only the GPU says stop
      if (device) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return Optional.ofNullable(best)
        .map(found -> fit(known, found, estimate(known, found), Verdict.PARTIAL));
  }

  private Fit fit(Shape known, FitSettings settings, Estimate estimate, Verdict verdict) {
    Deal deal = Deal.of(settings.placement(), known, shares());
    int all = known.blocks().size();
    int onDevice = (int) IntStream.range(0, all).filter(i -> deal.block(i) > 0).count();
    boolean some = deal.devices() > 0 && (onDevice < all || deal.expertsOnHost());
    Verdict said = verdict.runs() && some ? Verdict.PARTIAL : verdict;
    return Fit.build(
        model,
        gguf,
        settings,
        exact(),
        estimate,
        said,
        new Fit.Blocks(onDevice, all),
        free(deal.devices()),
        missing(known, settings, estimate, said),
        reason(known, estimate, said, onDevice),
        said == Verdict.PERFECT ? null : next(known, settings));
  }

  private long free(int devices) {
    return devices == 0
        ? hardware.hostFreeBytes()
        : hardware.gpus().stream().limit(devices).mapToLong(Hardware.Gpu::freeBytes).sum();
  }

  /// For a model that is on the GPU in part: what all of it would need more.
  private long missing(Shape known, FitSettings settings, Estimate estimate, Verdict verdict) {
    if (verdict == Verdict.PERFECT || verdict == Verdict.TIGHT) {
      return 0;
    }
    Estimate whole =
        settings.placement() instanceof Placement.Blocks
            ? estimate(known, settings.withPlacement(new Placement.Gpu()))
            : estimate;
    long missing = Math.max(0, whole.host() - hardware.hostUsableBytes());
    List<Long> devices = whole.devices();
    for (int i = 0; i < devices.size(); i++) {
      missing += Math.max(0, devices.get(i) - hardware.gpus().get(i).usableBytes());
    }
    return missing;
  }

  private String reason(Shape known, Estimate estimate, Verdict verdict, int onDevice) {
    List<Long> devices = estimate.devices();
    String need =
        devices.isEmpty()
            ? Text.bytes(estimate.host()) + " of RAM"
            : Text.bytes(devices.stream().mapToLong(Long::longValue).sum()) + " of GPU memory";
    String usable =
        devices.isEmpty()
            ? Text.bytes(hardware.hostUsableBytes())
            : Text.bytes(
                hardware.gpus().stream()
                    .limit(devices.size())
                    .mapToLong(Hardware.Gpu::usableBytes)
                    .sum());
    String what =
        switch (verdict) {
          case PERFECT -> "Needs " + need + "; " + usable + " may be used, so there is headroom.";
          case TIGHT ->
              "Needs " + need + " and " + usable + " may be used: it works, little is left.";
          case PARTIAL ->
              onDevice == known.blocks().size()
                  ? "Needs "
                      + need
                      + " and "
                      + Text.bytes(estimate.host())
                      + " of RAM: part of each"
                      + " step runs on the host, so it is slower."
                  : onDevice
                      + " of "
                      + known.blocks().size()
                      + " blocks on the GPU ("
                      + need
                      + " of "
                      + usable
                      + "), the rest on the host ("
                      + Text.bytes(estimate.host())
                      + "): it runs slowly.";
          case WONT ->
              estimate.host() > hardware.hostUsableBytes()
                  ? "Needs "
                      + Text.bytes(estimate.host())
                      + " of RAM and only "
                      + Text.bytes(hardware.hostUsableBytes())
                      + " may be used."
                  : "Needs " + need + " and only " + usable + " may be used.";
          case REFUSED -> "";
        };
    return what + doubt(known);
  }

  private String doubt(Shape known) {
    if (!known.known()) {
      return " The architecture '"
          + known.architecture()
          + "' is not known here: this is estimated from above.";
    }
    return gguf.complete()
        ? ""
        : " Provisional: only the first part of the header has been read, the estimate is from"
            + " above.";
  }

  /// Each single step that would put all of it where it was asked, the mildest first.
  private @Nullable String next(Shape known, FitSettings settings) {
    FitSettings whole =
        settings.placement() instanceof Placement.Blocks
            ? settings.withPlacement(new Placement.Gpu())
            : settings;
    Verdict now = verdict(estimate(known, whole));
    List<String> steps = new ArrayList<>();
    cacheStep(known, whole, now).ifPresent(steps::add);
    slotStep(known, whole, now).ifPresent(steps::add);
    contextStep(known, whole, now).ifPresent(steps::add);
    quantizationStep(known, whole, now).ifPresent(steps::add);
    if (hardware.gpus().size() > 1 && whole.placement() instanceof Placement.Gpu) {
      better(known, whole.withPlacement(new Placement.GpuTwo()), now)
          .ifPresent(verdict -> steps.add("both GPUs (" + verdict.word() + ")"));
    }
    if (steps.isEmpty()) {
      return now == Verdict.WONT
          ? "No single smaller step makes it fit; choose a smaller model."
          : null;
    }
    return "Better with " + String.join(", or with ", steps) + ".";
  }

  private Optional<String> cacheStep(Shape known, FitSettings settings, Verdict now) {
    boolean done = settings.kvK().quantized() || !settings.flashAttention().on();
    return done
        ? Optional.empty()
        : better(known, settings.withCache(TensorType.Q8_0, TensorType.Q8_0), now)
            .map(verdict -> "a q8_0 cache (" + verdict.word() + ")");
  }

  private Optional<String> slotStep(Shape known, FitSettings settings, Verdict now) {
    return settings.parallel() == 1
        ? Optional.empty()
        : better(known, settings.withParallel(1), now)
            .map(verdict -> "one slot (" + verdict.word() + ")");
  }

  private Optional<String> contextStep(Shape known, FitSettings settings, Verdict now) {
    for (long context = settings.context() / 2; context >= SMALLEST_CONTEXT; context /= 2) {
      long tried = context;
      Optional<String> step =
          better(known, settings.withContext(tried), now)
              .map(verdict -> "a context of " + tried + " (" + verdict.word() + ")");
      if (step.isPresent()) {
        return step;
      }
    }
    return Optional.empty();
  }

  private Optional<Verdict> better(Shape known, FitSettings settings, Verdict now) {
    if (Refusal.of(gguf, known, settings).isPresent()) {
      return Optional.empty();
    }
    Verdict verdict = verdict(estimate(known, settings));
    return verdict.compareTo(now) < 0 ? Optional.of(verdict) : Optional.empty();
  }

  /// Another quantization scales the blocks' weights; cache and buffers stay.
  private Optional<String> quantizationStep(Shape known, FitSettings settings, Verdict now) {
    Estimate estimate = estimate(known, settings);
    long elements = gguf.tensors().stream().mapToLong(tensor -> tensor.elements()).sum();
    if (!gguf.complete() || elements == 0) {
      return Optional.empty();
    }
    double bits = 8.0 * gguf.tensorBytes() / elements;
    for (Size size : QUANTIZATIONS) {
      double scale = size.bits() / bits;
      // a step that saves less than a twentieth is none
      if (scale < 0.95) {
        Verdict verdict = verdict(estimate.withWeights(scale));
        if (verdict.compareTo(now) < 0) {
          return Optional.of(size.name() + " (" + verdict.word() + ")");
        }
      }
    }
    return Optional.empty();
  }
}
