package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/// What is asked of the store as a whole: who takes how much of the disk, are the bytes still
/// right, what lies around that nobody mentions.
public final class Housekeeping {
  /// Layers that are worth a word when they are shared; texts of some kB are not.
  private static final Set<String> LARGE =
      Set.of(Layer.MODEL, Layer.PROJECTOR, Layer.ADAPTER, Layer.DRAFT, Layer.TENSOR);

  private final Store store;
  private final FolderShelf own;
  private final Names names;

  Housekeeping(Store store, FolderShelf own, Names names) {
    this.store = store;
    this.own = own;
    this.names = names;
  }

  /// Blobs that nobody mentions.
  ///
  /// @param bytes that come free with them
  public record Orphans(int blobs, long bytes) {}

  /// What a look at the bytes of a blob showed.
  public sealed interface Seen {
    record Whole() implements Seen {}

    record Missing() implements Seen {}

    record Damaged() implements Seen {}

    /// The disk did not give the bytes.
    record Unreadable(String why) implements Seen {}
  }

  /// All models with what they take, in the order of the store's list.
  public List<Footprint> footprints() throws StoreFailure {
    try {
      List<StoredModel> models = store.list();
      Optional<Mentions> mentions = Mentions.of(own, names.bin());
      Map<Digest, List<ModelName>> users = new HashMap<>();
      models.forEach(model ->
          large(model.manifest())
              .forEach(digest ->
                  users.computeIfAbsent(digest, _ -> new ArrayList<>()).add(model.name())));
      return models.stream().map(model -> footprint(model, mentions, users)).toList();
    } catch (IOException e) {
      throw Disk.failure("look at the sizes of its models", e);
    }
  }

  private static Set<Digest> large(Manifest manifest) {
    Set<Digest> large = new HashSet<>();
    manifest.layers().stream()
        .filter(layer -> LARGE.contains(layer.mediaType()))
        .forEach(layer -> large.add(layer.digest()));
    return large;
  }

  private Footprint footprint(
      StoredModel model, Optional<Mentions> mentions, Map<Digest, List<ModelName>> users) {
    long alone = 0;
    long later = 0;
    if (model.origin() == Origin.OWN && mentions.isPresent()) {
      alone = bytes(mentions.get().onlyOf(model.manifest()));
      later = bytes(mentions.get().onlyLiveOf(model.manifest()));
    }
    List<ModelName> sharers =
        large(model.manifest()).stream()
            .flatMap(digest -> users.getOrDefault(digest, List.of()).stream())
            .filter(name -> !name.equals(model.name()))
            .distinct()
            .toList();
    return new Footprint(model.name(), model.origin(), model.sizeBytes(), alone, later, sharers);
  }

  private long bytes(Set<Digest> blobs) {
    return blobs.stream()
        .flatMap(digest -> own.blob(digest).stream())
        .mapToLong(Disk::freedBy)
        .sum();
  }

  /// Reads a blob from its first byte to its last and compares.
  ///
  /// @param read is told the bytes of each step, and may wait: that is how fast it goes; or throw
  public Seen look(Layer layer, IntConsumer read) {
    Optional<Path> file = store.blob(layer.digest());
    if (file.isEmpty()) {
      return new Seen.Missing();
    }
    try {
      Path real = file.get();
      boolean same =
          Files.size(real) == layer.size() && Disk.digest(real, read).equals(layer.digest());
      return same ? new Seen.Whole() : new Seen.Damaged();
    } catch (IOException e) {
      return Files.exists(file.get(), LinkOption.NOFOLLOW_LINKS)
          ? new Seen.Unreadable(e.getClass().getSimpleName())
          : new Seen.Missing();
    }
  }

  /// Blobs of our own folder that no manifest mentions, in the trash neither. What others put there
  /// (files with other names) is not looked at.
  ///
  /// @param before younger ones stay: somebody may be about to mention them
  /// @param others further blobs that somebody needs, such as those of a pull that runs
  /// @param really false only counts them
  public Orphans removeOrphans(Instant before, Predicate<Digest> others, boolean really)
      throws StoreFailure {
    try {
      return names.removeOrphans(before, others, really);
    } catch (IOException e) {
      throw Disk.failure("remove blobs that nobody uses", e);
    }
  }

  /// The folder of our own store, for whoever may know where things lie on this machine.
  public Path folder() {
    return own.layout().blobs().resolveSibling("");
  }

  /// The files of a model, for whoever may know where things lie on this machine.
  public List<Path> files(ModelName name) throws StoreFailure {
    return store.find(name).stream()
        .flatMap(model -> model.files().values().stream())
        .sorted()
        .toList();
  }
}
