package dev.corral.fit;

import dev.corral.gguf.Gguf;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Weighs an estimate against a machine.
final class Judge {
  /// `perfect` leaves a tenth of what may be used.
  private static final double HEADROOM = 0.9;

  /// An estimate that is not exact is called `perfect` only where it could be off by so much.
  private static final double DOUBT = 1.15;

  private final String model;
  private final Gguf gguf;
  private final Hardware hardware;
  private final Correction.Book book;
  private final Optional<Shape> shape;

  Judge(String model, Gguf gguf, Hardware hardware, Correction.Book book) {
    this.model = model;
    this.gguf = gguf;
    this.hardware = hardware;
    this.book = book;
    this.shape = ShapeReader.read(gguf);
  }

  Fit judge(FitSettings given) {
    if (shape.isEmpty() && !gguf.complete()) {
      return Rough.fit(model, gguf.length(), given, hardware);
    }
    if (shape.isEmpty()) {
      return Fit.refused(
          model,
          gguf,
          given,
          "The header does not say the architecture, its number of blocks or its width, or it says"
              + " sizes that no model has, so this is none that the engine can load.",
          "Choose a model file, not a vocabulary, an adapter or a projector.");
    }
    Shape known = shape.get();
    FitSettings asked = pools(known) ? given.embedding() : given;
    Optional<Refusal> refusal = Refusal.of(gguf, known, asked);
    if (refusal.isPresent()) {
      return Fit.refused(model, gguf, asked, refusal.get().reason(), refusal.get().next());
    }
    Bench bench = new Bench(known, hardware.filledUp(asked.placement().devices()));
    return asked.placement() instanceof Placement.Auto
        ? bench.automatic(asked)
        : bench.asAsked(asked);
  }

  /// A model that makes vectors out of texts is run in that mode.
  private boolean pools(Shape known) {
    return known.role() == Shape.Role.ENCODER
        || known.role() == Shape.Role.EMBEDDER
        || gguf.whole(known.architecture() + ".pooling_type").orElse(0) > 0;
  }

  /// Verdicts on one model, on a machine with as many GPUs as are asked for.
  final class Bench {
    private final Shape known;
    private final Hardware machine;

    private Bench(Shape known, Hardware machine) {
      this.known = known;
      this.machine = machine;
    }

    Gguf gguf() {
      return gguf;
    }

    Shape shape() {
      return known;
    }

    Hardware machine() {
      return machine;
    }

    /// On the GPUs as much as fits: one, else two, else as many blocks as one holds.
    private Fit automatic(FitSettings asked) {
      if (hardware.gpus().isEmpty()) {
        return asAsked(asked.withPlacement(new Placement.Cpu()));
      }
      FitSettings whole = asked.withPlacement(new Placement.Gpu());
      Estimate estimate = estimate(whole);
      if (verdict(estimate).runs()) {
        return fit(whole, estimate, verdict(estimate));
      }
      if (hardware.gpus().size() > 1) {
        FitSettings two = asked.withPlacement(new Placement.GpuTwo());
        Estimate pipeline = estimate(two);
        if (verdict(pipeline).runs()) {
          return fit(two, pipeline, verdict(pipeline));
        }
      }
      return partly(whole)
          .map(some -> fit(some, estimate(some), Verdict.PARTIAL))
          .orElseGet(() -> fit(whole, estimate, Verdict.WONT));
    }

    /// Figures for the placement that was asked for, also where it does not fit.
    private Fit asAsked(FitSettings asked) {
      Estimate estimate = estimate(asked);
      Verdict verdict = verdict(estimate);
      boolean all = asked.placement() instanceof Placement.Gpu && !hardware.gpus().isEmpty();
      if (verdict == Verdict.WONT && all) {
        Optional<FitSettings> some = partly(asked);
        if (some.isPresent()) {
          return fit(asked, estimate, Verdict.PARTIAL, blocks(some.get()));
        }
      }
      return fit(asked, estimate, verdict);
    }

    Estimate estimate(FitSettings settings) {
      return Estimate.of(gguf, known, settings, shares());
    }

    /// Two GPUs get blocks by their free memory; where one is only imagined, half each.
    private List<Double> shares() {
      List<Hardware.Gpu> gpus = machine.gpus();
      if (gpus.size() < 2) {
        return List.of(1.0);
      }
      double first = gpus.get(0).freeBytes();
      double second = gpus.get(1).freeBytes();
      return List.of(second == 0 ? 0.5 : first / (first + second), 1.0);
    }

    boolean exact() {
      return gguf.complete() && known.known() && !gguf.sees();
    }

    /// True where the machine lacks a GPU that was asked for.
    boolean lacking(int devices) {
      return devices > hardware.gpus().size();
    }

    /// GPUs that are really there.
    int gpus() {
      return hardware.gpus().size();
    }

    Optional<Correction> correction(int devices) {
      String driver =
          devices == 0 ? Hardware.HOST_DRIVER : machine.gpus().getFirst().driver().word();
      return book.find(known.architecture(), driver);
    }

    private double factor(int devices) {
      return correction(devices).map(Correction::factor).orElse(1.0);
    }

    Verdict verdict(Estimate estimate) {
      List<Long> devices = estimate.devices();
      double factor = factor(devices.size());
      double doubt = factor * (exact() ? 1 : DOUBT);
      boolean perfect = true;
      for (int i = 0; i < devices.size(); i++) {
        long usable = machine.gpus().get(i).usableBytes();
        if (devices.get(i) * factor > usable) {
          return Verdict.WONT;
        }
        perfect &= devices.get(i) * doubt < HEADROOM * usable;
      }
      double host = estimate.host() * (devices.isEmpty() ? factor : 1);
      if (host > machine.hostUsableBytes()) {
        return Verdict.WONT;
      }
      if (devices.isEmpty()) {
        perfect = estimate.host() * doubt < HEADROOM * machine.hostUsableBytes();
      }
      return perfect ? Verdict.PERFECT : Verdict.TIGHT;
    }

    /// As many blocks on the first GPU as fit, the rest on the host.
    private Optional<FitSettings> partly(FitSettings settings) {
      int low = 0;
      int high = known.allBlocks();
      double factor = factor(1);
      FitSettings best = null;
      while (low <= high) {
        int middle = (low + high) / 2;
        FitSettings tried = settings.withPlacement(new Placement.Blocks(middle));
        Estimate estimate = estimate(tried);
        boolean device =
            estimate.devices().getFirst() * factor <= machine.gpus().getFirst().usableBytes();
        boolean host = estimate.host() <= machine.hostUsableBytes();
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
      return Optional.ofNullable(best);
    }

    private Fit.Blocks blocks(FitSettings settings) {
      Deal deal = Deal.of(settings.placement(), known, shares());
      int all = known.blocks().size();
      return new Fit.Blocks(
          (int) IntStream.range(0, all).filter(i -> deal.block(i) > 0).count(), all);
    }

    private Fit fit(FitSettings settings, Estimate estimate, Verdict verdict) {
      Fit.Blocks blocks = blocks(settings);
      boolean some =
          settings.placement().devices() > 0
              && (blocks.onDevice() < blocks.all()
                  || settings.placement() instanceof Placement.ExpertsOnHost);
      return fit(settings, estimate, verdict.runs() && some ? Verdict.PARTIAL : verdict, blocks);
    }

    private Fit fit(FitSettings settings, Estimate estimate, Verdict said, Fit.Blocks blocks) {
      int devices = estimate.devices().size();
      return Fit.build(
          model,
          gguf,
          settings,
          exact(),
          estimate,
          said,
          blocks,
          free(devices),
          missing(settings, estimate, said),
          correction(devices).map(estimate::corrected).orElse(null),
          new Reason(this, settings, estimate, said, blocks).text(),
          said == Verdict.PERFECT ? null : new Steps(this).next(settings));
    }

    private long free(int devices) {
      return devices == 0
          ? machine.hostFreeBytes()
          : machine.gpus().stream().limit(devices).mapToLong(Hardware.Gpu::freeBytes).sum();
    }

    /// For a model that is on the GPU in part: what all of it would need more.
    private long missing(FitSettings settings, Estimate estimate, Verdict verdict) {
      if (verdict == Verdict.PERFECT || verdict == Verdict.TIGHT) {
        return 0;
      }
      Estimate whole =
          settings.placement() instanceof Placement.Blocks
              ? estimate(settings.withPlacement(new Placement.Gpu()))
              : estimate;
      List<Long> devices = whole.devices();
      double factor = factor(devices.size());
      double host = whole.host() * (devices.isEmpty() ? factor : 1);
      long missing = Math.max(0, (long) Math.ceil(host) - machine.hostUsableBytes());
      for (int i = 0; i < devices.size(); i++) {
        long need = (long) Math.ceil(devices.get(i) * factor);
        missing += Math.max(0, need - machine.gpus().get(i).usableBytes());
      }
      return missing;
    }
  }
}
