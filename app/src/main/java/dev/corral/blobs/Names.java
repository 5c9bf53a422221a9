package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/// Changes which names our own store has. Each change is made under the lock and is whole or not at
/// all: a manifest appears by one rename, behind its blobs.
final class Names {
  private static final System.Logger LOG = System.getLogger(Names.class.getName());

  private final FolderShelf own;
  private final Work work;
  private final StoreLock lock;
  private final Bin bin;
  private final LinkFolder links;

  Names(FolderShelf own, Work work) {
    this.own = own;
    this.work = work;
    this.lock = work.lock();
    this.bin = new Bin(work.trash(), own.layout().blobs());
    this.links = new LinkFolder(work.links());
  }

  Bin bin() {
    return bin;
  }

  /// @throws StoreFailure `MISSING_BLOB` where a blob is not in our own folder
  void publish(ModelName name, byte[] bytes, Manifest manifest) throws IOException, StoreFailure {
    lock.holding(() -> {
      for (Layer layer : manifest.blobs()) {
        touch(layer);
      }
      Optional<Found> before = own.find(name);
      Path file = work.fresh();
      try {
        Files.write(file, bytes);
        Disk.publish(file, own.layout().manifest(name));
      } finally {
        Files.deleteIfExists(file);
      }
      long _ = removeUnused(before.flatMap(Names::readable).stream().toList());
      return file;
    });
  }

  /// A blob that is about to be used: it must be here, and an Ollama that tidies must see that it
  /// is fresh.
  private void touch(Layer layer) throws IOException, StoreFailure {
    Optional<Path> file = own.blob(layer.digest());
    if (file.isEmpty() || Files.size(file.get()) != layer.size()) {
      throw new StoreFailure(
          StoreFailure.Kind.MISSING_BLOB,
          "the blob "
              + layer.digest()
              + " is not in the store any more, or has another size; send it again");
    }
    Disk.freshen(file.get(), links.namesOf(file.get(), layer.digest()));
  }

  /// @return false where our own store has no such name
  boolean delete(ModelName name) throws IOException, StoreFailure {
    return lock.holding(() -> {
      Optional<Layout.Entry> entry = own.layout().find(name);
      if (entry.isEmpty()) {
        return false;
      }
      Optional<Found> found = own.find(name);
      Files.deleteIfExists(entry.get().path());
      removeEmptyFolders(entry.get().path());
      long _ = removeUnused(found.flatMap(Names::readable).stream().toList());
      return true;
    });
  }

  /// One rename, so that a kill leaves the model here or there. Of the same model under the same
  /// name the trash keeps one.
  ///
  /// @return false where our own store has no such name
  boolean trash(ModelName name, Instant now) throws IOException, StoreFailure {
    return lock.holding(() -> {
      Optional<Layout.Entry> entry = own.layout().find(name);
      if (entry.isEmpty()) {
        return false;
      }
      Path from = entry.get().path();
      Path place = bin.place(now);
      try {
        move(from, place.resolve(own.layout().manifests().relativize(from).toString()));
      } catch (IOException e) {
        bin.remove(String.valueOf(place.getFileName()));
        throw e;
      }
      removeEmptyFolders(from);
      dropDoubles();
      return true;
    });
  }

  /// Where folders were moved to another disk by links, a rename cannot be: then the new file is
  /// whole before the old one goes, and [#dropDoubles()] tidies behind a kill between the two.
  private void move(Path from, Path to) throws IOException {
    Path folder = Disk.ensureParent(to);
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
      Disk.syncFolder(folder);
    } catch (AtomicMoveNotSupportedException e) {
      Path copy = folder.resolve(UUID.randomUUID().toString());
      Files.copy(from, copy, StandardCopyOption.COPY_ATTRIBUTES);
      Disk.publish(copy, to);
      Files.delete(from);
    }
    Disk.syncFolder(from.resolveSibling(""));
  }

  /// What has its name still, or was deleted again later, need not be in the trash.
  private void dropDoubles() throws IOException {
    Set<String> newer = new HashSet<>();
    for (Found found : own.all().found()) {
      newer.add(found.name().key() + found.digest());
    }
    for (Bin.Entry entry : bin.content().entries().reversed()) {
      if (!newer.add(entry.found().name().key() + entry.digest())) {
        bin.remove(entry.id());
      }
    }
  }

  Trash.Restored restore(String nameOrId) throws IOException, StoreFailure {
    return lock.holding(() -> {
      Optional<Bin.Entry> found = entry(nameOrId);
      if (found.isEmpty()) {
        return new Trash.Restored.Unknown();
      }
      ModelName name = found.get().found().name();
      Optional<Found> there = own.find(name);
      if (there.isPresent() && !there.get().digest().equals(found.get().digest())) {
        return new Trash.Restored.Taken(there.get().name());
      }
      if (there.isEmpty()) {
        for (Layer layer : found.get().manifest().map(Manifest::blobs).orElse(List.of())) {
          touch(layer);
        }
        move(found.get().file(), own.layout().manifest(name));
      }
      bin.remove(found.get().id());
      return new Trash.Restored.Back(name);
    });
  }

  private Optional<Bin.Entry> entry(String nameOrId) throws IOException {
    Optional<String> key = ModelName.parse(nameOrId).map(ModelName::key);
    return bin.content().entries().reversed().stream()
        .filter(entry ->
            entry.id().equals(nameOrId)
                || key.filter(entry.found().name().key()::equals).isPresent())
        .findFirst();
  }

  /// @param all also what cannot be read
  Trash.Emptied discard(Predicate<Bin.Entry> which, boolean all) throws IOException, StoreFailure {
    return lock.holding(() -> {
      List<ModelName> gone = new ArrayList<>();
      List<Manifest> manifests = new ArrayList<>();
      for (Bin.Entry entry : bin.content().entries()) {
        if (which.test(entry)) {
          bin.remove(entry.id());
          gone.add(entry.found().name());
          entry.manifest().ifPresent(manifests::add);
        }
      }
      if (all) {
        bin.clear();
      }
      return new Trash.Emptied(gone, removeUnused(manifests));
    });
  }

  /// Removes the blobs of manifests that no other one mentions, in the trash neither.
  ///
  /// @return bytes that came free
  private long removeUnused(List<Manifest> gone) throws IOException {
    Optional<Mentions> left = gone.isEmpty() ? Optional.empty() : Mentions.of(own, bin);
    if (left.isEmpty()) {
      return 0;
    }
    Set<Digest> blobs = new HashSet<>();
    gone.forEach(manifest -> blobs.addAll(Mentions.digests(manifest)));
    blobs.removeIf(left.get()::mentioned);
    long freed = 0;
    for (Digest digest : blobs) {
      freed += remove(own.layout().blob(digest));
    }
    return freed;
  }

  /// The change itself is done; a blob that cannot go, because the system keeps open files, is only
  /// left over.
  private static long remove(Path blob) {
    try {
      long bytes = Files.exists(blob, LinkOption.NOFOLLOW_LINKS) ? Disk.freedBy(blob) : 0;
      return Files.deleteIfExists(blob) ? bytes : 0;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a blob that nobody uses could not be removed", e);
      return 0;
    }
  }

  /// Removes blobs that no manifest mentions and that were there before a date.
  ///
  /// @param others further blobs that somebody needs
  Housekeeping.Orphans removeOrphans(Instant before, Predicate<Digest> others, boolean really)
      throws IOException, StoreFailure {
    return lock.holding(() -> {
      Optional<Mentions> mentions = Mentions.of(own, bin);
      int blobs = 0;
      long bytes = 0;
      for (Digest digest : mentions.isEmpty() ? List.<Digest>of() : own.layout().blobDigests()) {
        Path file = own.layout().blob(digest);
        boolean old =
            Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(before);
        if (old && !mentions.get().mentioned(digest) && !others.test(digest)) {
          blobs++;
          bytes += really ? remove(file) : Disk.freedBy(file);
        }
      }
      return new Housekeeping.Orphans(blobs, bytes);
    });
  }

  private static Optional<Manifest> readable(Found found) {
    try {
      return Optional.of(found.parsed());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Up to `manifests` itself, which stays.
  private void removeEmptyFolders(Path manifest) throws IOException {
    List<Path> folders = new ArrayList<>();
    Path at = manifest.getParent();
    while (at != null && !at.equals(own.layout().manifests())) {
      folders.add(at);
      at = at.getParent();
    }
    for (Path folder : folders) {
      try {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          return;
        }
        Files.delete(folder);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }
}
