package dev.corral.upkeep;

import dev.corral.blobs.Footprint;
import dev.corral.blobs.Space;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import dev.corral.revision.Anchors;
import dev.corral.revision.Kept;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/// What takes how much of which disk.
public final class Sizes {
  private final Store store;
  private final Supplier<FleetSnapshot> fleet;
  private final Uses uses;
  private final Anchors anchors;

  /// @param anchors what is kept for an undo
  public Sizes(Store store, Supplier<FleetSnapshot> fleet, Uses uses, Anchors anchors) {
    this.anchors = anchors;
    this.store = store;
    this.fleet = fleet;
    this.uses = uses;
  }

  /// One model in one place.
  ///
  /// @param where `own`, `ollama` and `seed` for folders of this machine, else a backend's name
  /// @param aloneBytes what comes free when it goes
  /// @param files of its blobs; empty where they are not on this machine
  public record Line(
      ModelName name,
      String where,
      long sizeBytes,
      long aloneBytes,
      List<ModelName> sharesWith,
      List<String> assignedAs,
      boolean isProtected,
      List<Path> files) {
    public Line {
      sharesWith = List.copyOf(sharesWith);
      assignedAs = List.copyOf(assignedAs);
      files = List.copyOf(files);
    }
  }

  /// All of it.
  ///
  /// @param trashBytes that come free when the trash is emptied
  /// @param anchorBytes that come free when nothing is kept for an undo any more
  /// @param anchors kept for an undo
  public record All(
      Path folder,
      Space space,
      long trashBytes,
      long anchorBytes,
      List<Line> lines,
      List<Kept> anchors) {
    public All {
      lines = List.copyOf(lines);
      anchors = List.copyOf(anchors);
    }
  }

  /// Looks at the disk. Blocking.
  public All all() throws StoreFailure {
    List<Line> lines = new ArrayList<>();
    for (Footprint one : store.housekeeping().footprints()) {
      lines.add(
          line(
              one.name(),
              one.origin().name().toLowerCase(Locale.ROOT),
              one.sizeBytes(),
              one.aloneBytes(),
              one.sharesWith(),
              store.housekeeping().files(one.name())));
    }
    for (Backend backend : fleet.get().backends()) {
      if (backend.ollama() && !backend.target().isInside()) {
        backend.stored().forEach(model -> onNode(backend, model).ifPresent(lines::add));
      }
    }
    return new All(
        store.housekeeping().folder(),
        store.space(),
        store.trash().bytes(),
        anchors.allFree(),
        lines,
        anchors.kept());
  }

  private Optional<Line> onNode(Backend backend, StoredModel model) {
    List<ModelName> same =
        backend.stored().stream()
            .filter(other -> !other.digest().isEmpty() && other.digest().equals(model.digest()))
            .filter(other -> !other.name().equals(model.name()))
            .flatMap(other -> ModelName.parse(other.name()).stream())
            .toList();
    return ModelName.parse(model.name())
        .map(name ->
            line(
                name,
                backend.name(),
                model.size(),
                same.isEmpty() ? model.size() : 0,
                same,
                List.of()));
  }

  private Line line(
      ModelName name,
      String where,
      long size,
      long alone,
      List<ModelName> shares,
      List<Path> files) {
    return new Line(
        name, where, size, alone, shares, uses.assignedAs(name), uses.isProtected(name), files);
  }
}
