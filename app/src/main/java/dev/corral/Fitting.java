package dev.corral;

import dev.corral.engine.EngineSettings;
import dev.corral.fit.Correction;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Here;
import dev.corral.fit.Placement;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.Inventory;
import java.time.InstantSource;
import java.util.function.Supplier;

/// Whether models fit on this machine, asked by many rooms.
final class Fitting {
  private final Here here;

  /// @param settings those in force at the moment of the question
  Fitting(Supplier<Settings> settings, InstantSource clock) {
    this.here =
        new Here(
            Inventory::read, () -> usual(settings.get().engine()), Correction.Book.EMPTY, clock);
  }

  Here here() {
    return here;
  }

  /// What our engine runs a model with where a request says nothing.
  private static FitSettings usual(EngineSettings engine) {
    return new FitSettings(
        engine.defaultContext(),
        engine.parallelSlots().orElse(1),
        engine.unified(),
        FitSettings.FlashAttention.AUTO,
        TensorType.F16,
        TensorType.F16,
        FitSettings.DEFAULT_UBATCH,
        false,
        false,
        false,
        new Placement.Auto());
  }
}
