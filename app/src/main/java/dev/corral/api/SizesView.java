package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What takes how much of the disk, in `GET /manage/sizes`.
///
/// @param folder of our own store; null where the caller's key has not scope `admin`
/// @param reserveBytes what uploads and pulls leave free
/// @param trashBytes that come free when the trash is emptied
/// @param anchorBytes that come free when all anchors go; a file that several have counts once
/// @param anchors kept for an undo; the first to go when a pull needs room
public record SizesView(
    @Nullable String folder,
    long totalBytes,
    long freeBytes,
    long reserveBytes,
    long trashBytes,
    long anchorBytes,
    List<Model> models,
    List<Anchor> anchors) {
  /// What a name meant before it was pulled anew.
  ///
  /// @param where `own`, or a backend's name
  /// @param sizeBytes what it shares with others included
  /// @param aloneBytes what comes free when it goes; null where its folder cannot be read
  /// @param heldBy `links`: Corral's own links to its blobs; `manifest`: a hidden manifest in our
  ///   own store alone; `copy`: a hidden copy on a node alone. The last two are lost with their
  ///   blobs
  public record Anchor(
      String model,
      String where,
      String digest,
      long sizeBytes,
      @Nullable Long aloneBytes,
      String heldBy,
      Instant madeAt) {}

  /// @param where `own`, `ollama` and `seed` for folders of this machine, else a backend's name
  /// @param aloneBytes what comes free when it goes
  /// @param sharesWith models with the same weights there
  /// @param assignedAs `default`, `tier:NAME`, `alias:NAME`
  /// @param paths of its blobs; empty without `?paths=true` and where they are not on this machine
  public record Model(
      String model,
      String where,
      long sizeBytes,
      long aloneBytes,
      List<String> sharesWith,
      List<String> assignedAs,
      boolean isProtected,
      List<String> paths) {
    public Model {
      sharesWith = List.copyOf(sharesWith);
      assignedAs = List.copyOf(assignedAs);
      paths = List.copyOf(paths);
    }
  }

  public SizesView {
    models = List.copyOf(models);
    anchors = List.copyOf(anchors);
  }
}
