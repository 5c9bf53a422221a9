package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The trash of our own store: deleted models, whole, for a while. What others use is not counted
/// twice, and what the trash uses is not removed. Threads share it, and so do several Corrals on
/// one store.
public final class Trash {
  /// `store.trash` where nothing else is said.
  static final Duration USUAL = Duration.ofHours(24);

  private final FolderShelf own;
  private final Names names;
  private final Bin bin;
  private volatile Duration keep = USUAL;
  private volatile InstantSource clock = InstantSource.system();

  Trash(FolderShelf own, Names names, Bin bin) {
    this.own = own;
    this.names = names;
    this.bin = bin;
  }

  /// A model in the trash.
  ///
  /// @param id of this deletion; a name may be deleted several times
  /// @param digest of its manifest
  /// @param goesAt when it is removed for good
  /// @param sizeBytes of all its blobs
  /// @param freesBytes what its removal alone gives back; what others use is not counted
  public record Item(
      String id,
      ModelName name,
      Digest digest,
      Instant deletedAt,
      Instant goesAt,
      long sizeBytes,
      long freesBytes) {}

  /// What was removed for good.
  public record Emptied(List<ModelName> names, long freedBytes) {
    public Emptied {
      names = List.copyOf(names);
    }
  }

  /// What asking for a model back came to.
  public sealed interface Restored {
    record Back(ModelName name) implements Restored {}

    /// Nothing of that name or id is in the trash.
    record Unknown() implements Restored {}

    /// Another model has the name now.
    record Taken(ModelName name) implements Restored {}
  }

  /// How long what is deleted stays; zero for not at all. In force for what is here already.
  public void keep(Duration time) {
    keep = time;
  }

  /// False where what is deleted is gone at once.
  public boolean on() {
    return !keep.isZero();
  }

  void tell(InstantSource time) {
    clock = time;
  }

  /// What is in it, the newest first.
  public List<Item> items() throws StoreFailure {
    try {
      Optional<Mentions> mentions = Mentions.of(own, bin);
      List<Item> items = new ArrayList<>();
      for (Bin.Entry entry : bin.content().entries().reversed()) {
        Optional<Manifest> manifest = entry.manifest();
        items.add(
            new Item(
                entry.id(),
                entry.found().name(),
                entry.digest(),
                entry.deletedAt(),
                entry.deletedAt().plus(keep),
                manifest.map(Manifest::size).orElse(0L),
                manifest.isEmpty() || mentions.isEmpty()
                    ? 0
                    : bytes(mentions.get().onlyOf(manifest.get()))));
      }
      return List.copyOf(items);
    } catch (IOException e) {
      throw Disk.failure("look into its trash", e);
    }
  }

  /// Bytes that come back when all of it is removed.
  public long bytes() throws StoreFailure {
    try {
      Optional<Mentions> mentions = Mentions.of(own, bin);
      Set<Digest> only = new HashSet<>();
      for (Bin.Entry entry : bin.content().entries()) {
        entry.manifest().map(Mentions::digests).ifPresent(only::addAll);
      }
      only.removeIf(digest -> mentions.isEmpty() || mentions.get().live(digest));
      return bytes(only);
    } catch (IOException e) {
      throw Disk.failure("look into its trash", e);
    }
  }

  private long bytes(Set<Digest> blobs) {
    return blobs.stream()
        .flatMap(digest -> own.blob(digest).stream())
        .mapToLong(Disk::freedBy)
        .sum();
  }

  /// Moves a model of our own store here.
  ///
  /// @return false where our own store has no such model
  /// @throws StoreFailure `NO_ROOM` where the disk is so full that not even a folder can be made
  public boolean take(ModelName name) throws StoreFailure {
    try {
      return names.trash(name, clock.instant());
    } catch (IOException e) {
      StoreFailure failure = Disk.failure("move a model to its trash", e);
      if (failure.kind() == StoreFailure.Kind.NO_ROOM) {
        throw new StoreFailure(
            StoreFailure.Kind.NO_ROOM,
            "the disk is so full that even the trash takes nothing more; the model is still here."
                + " Delete it for good with: corral rm "
                + name.shortName()
                + " --now",
            e);
      }
      throw failure;
    }
  }

  /// Gives a model its name back.
  ///
  /// @param nameOrId a model's name, of which the last deletion is meant, or an [Item]'s id
  /// @throws StoreFailure `MISSING_BLOB` where somebody removed a part of it
  public Restored restore(String nameOrId) throws StoreFailure {
    try {
      return names.restore(nameOrId);
    } catch (IOException e) {
      throw Disk.failure("bring a model back from its trash", e);
    }
  }

  /// Removes all of it for good, also what cannot be read.
  public Emptied empty() throws StoreFailure {
    return remove(_ -> true, true);
  }

  /// Removes what was here for long enough.
  public Emptied expire() throws StoreFailure {
    Instant now = clock.instant();
    return remove(entry -> !entry.deletedAt().plus(keep).isAfter(now), false);
  }

  /// Removes one deletion for good.
  public Emptied remove(String id) throws StoreFailure {
    return remove(entry -> entry.id().equals(id), false);
  }

  private Emptied remove(Predicate<Bin.Entry> which, boolean all) throws StoreFailure {
    try {
      return names.discard(which, all);
    } catch (IOException e) {
      throw Disk.failure("empty its trash", e);
    }
  }

  /// Removes as much as is needed, the oldest first; nothing where even all of it were too little.
  ///
  /// @return true where so many bytes came free
  boolean makeRoom(long bytes) throws StoreFailure {
    if (bytes() < bytes) {
      return false;
    }
    long freed = 0;
    for (Item item : items().reversed()) {
      if (freed < bytes) {
        freed += remove(item.id()).freedBytes();
      }
    }
    return freed >= bytes;
  }

  Path folder() {
    return bin.folder();
  }
}
