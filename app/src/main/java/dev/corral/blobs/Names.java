package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Changes which names our own store has. Each change is made under the lock and is whole or not at
/// all: a manifest appears by one rename, behind its blobs.
final class Names {
  private static final System.Logger LOG = System.getLogger(Names.class.getName());

  private final FolderShelf own;
  private final Work work;
  private final StoreLock lock;

  Names(FolderShelf own, Work work) {
    this.own = own;
    this.work = work;
    this.lock = work.lock();
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
      if (before.isPresent()) {
        removeUnused(before.get());
      }
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
    Disk.freshen(file.get());
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
      if (found.isPresent()) {
        removeUnused(found.get());
      }
      return true;
    });
  }

  /// Removes the blobs of a manifest that no other one mentions. Where any manifest cannot be read
  /// nobody knows what it mentions: then nothing is removed.
  private void removeUnused(Found gone) throws IOException {
    Optional<Manifest> manifest = readable(gone);
    Shelf.Inventory left = own.all();
    if (manifest.isEmpty() || !left.unreadable().isEmpty()) {
      return;
    }
    Set<Digest> used = new HashSet<>();
    for (Found found : left.found()) {
      Optional<Manifest> other = readable(found);
      if (other.isEmpty()) {
        return;
      }
      other.get().blobs().forEach(layer -> used.add(layer.digest()));
    }
    for (Layer layer : manifest.get().blobs()) {
      if (!used.contains(layer.digest())) {
        remove(own.layout().blob(layer.digest()));
      }
    }
  }

  /// The change itself is done; a blob that cannot go, because the system keeps open files, is only
  /// left over.
  private static void remove(Path blob) {
    try {
      Files.deleteIfExists(blob);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a blob that nobody uses could not be removed", e);
    }
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
