package dev.corral;

import dev.corral.api.DiskView;
import dev.corral.blobs.Space;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.control.CallGroup;
import dev.corral.control.FitCalls;
import dev.corral.control.HeaderSearch;
import dev.corral.engine.EngineSettings;
import dev.corral.fit.Correction;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Here;
import dev.corral.fit.Placement;
import dev.corral.fleet.Fleet;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.Inventory;
import dev.corral.upstream.Upstream;
import java.time.InstantSource;
import java.util.Optional;
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

  /// The management calls about it.
  CallGroup calls(Store store, Fleet fleet, Upstream upstream) {
    HeaderSearch headers = new HeaderFinder(store, fleet, upstream);
    return new FitCalls(here, headers, () -> disk(store));
  }

  private static Optional<DiskView> disk(Store store) {
    try {
      Space space = store.space();
      return Optional.of(
          new DiskView(
              space.totalBytes(),
              space.freeBytes(),
              space.reserveBytes(),
              Math.max(0, space.freeBytes() - space.reserveBytes())));
    } catch (StoreFailure e) {
      return Optional.empty();
    }
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
