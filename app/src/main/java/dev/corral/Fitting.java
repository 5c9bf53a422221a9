package dev.corral;

import dev.corral.api.DiskView;
import dev.corral.assign.Assignments;
import dev.corral.blobs.Space;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.control.CallGroup;
import dev.corral.control.FitCalls;
import dev.corral.db.Database;
import dev.corral.engine.EngineSettings;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Here;
import dev.corral.fit.Placement;
import dev.corral.fleet.Fleet;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.Inventory;
import dev.corral.ollama.Management;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whether models fit on this machine, asked by many rooms.
final class Fitting implements AutoCloseable {
  private final Here here;
  private final LoadRecord loads;
  private final HeaderFinder headers;
  private final OwnBackend own;
  private final Fleet fleet;
  private @Nullable LoadWatch watch;

  /// @param settings those in force at the moment of the question
  /// @param database keeps the record of earlier loads
  Fitting(
      Supplier<Settings> settings,
      Database database,
      OwnBackend own,
      Fleet fleet,
      Management nodes,
      InstantSource clock) {
    this.loads = new LoadRecord(database);
    this.here = new Here(Inventory::read, () -> usual(settings.get().engine()), loads, clock);
    this.own = own;
    this.fleet = fleet;
    this.headers =
        new HeaderFinder(own.store(), fleet, nodes, () -> own.downloads().hubs().headers());
  }

  Here here() {
    return here;
  }

  /// Finds headers by name.
  HeaderFinder headers() {
    return headers;
  }

  /// The management calls about it.
  ///
  /// @param assignments what names mean now
  CallGroup calls(Supplier<Assignments> assignments) {
    return new FitCalls(here, headers, assignments, () -> disk(own.store()));
  }

  /// Begins to compare what models take with what was estimated.
  void watch(Duration interval) {
    watch = new LoadWatch(fleet, own.engine(), headers::stored, here, loads, interval);
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
  }

  private static Optional<DiskView> disk(Store store) {
    try {
      Space space = store.space();
      return Optional.of(
          new DiskView(
              space.totalBytes(), space.freeBytes(), space.reserveBytes(), space.usable()));
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
