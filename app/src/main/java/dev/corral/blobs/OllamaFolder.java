package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/// The folder in which an Ollama keeps its models, as far as we may look into it beside that
/// Ollama.
public final class OllamaFolder {
  private final Path folder;
  private final FolderShelf shelf;

  private OllamaFolder(Path folder, FolderShelf shelf) {
    this.folder = folder;
    this.shelf = shelf;
  }

  /// @param folder with `blobs` and `manifests` in it
  public static OllamaFolder at(Path folder) {
    return new OllamaFolder(folder, new FolderShelf(Origin.OLLAMA, Layout.of(folder)));
  }

  /// Bytes that may still be written to its disk; empty where the system does not tell.
  public OptionalLong freeBytes() {
    try {
      return OptionalLong.of(Files.getFileStore(folder).getUsableSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /// True where so many bytes more have room while the usual reserve stays free.
  public boolean hasRoom(long bytes) {
    try {
      return Disk.space(shelf.layout().blobs(), Optional.empty()).missing(bytes) <= 0;
    } catch (StoreFailure e) {
      return false;
    }
  }

  /// True where we could put models into it.
  public boolean takes() {
    Layout layout = shelf.layout();
    return Files.isWritable(folder)
        && Files.isWritable(layout.blobs())
        && Files.isWritable(layout.manifests());
  }

  /// The same folder as a store, in which we work in `.corral/`. What we put there belongs to the
  /// owner of the folder. Owned and closed by the caller.
  public Store open(Consumer<String> notices) throws StoreFailure {
    return Store.open(Folders.own(folder), notices);
  }

  /// Second names of its blobs.
  ///
  /// @param owner tells them from those of other Corrals at the same folder
  /// @param mayWrite false: nothing is kept there, only counted
  public Links links(String owner, boolean mayWrite) {
    Layout layout = shelf.layout();
    Path corral = folder.resolve(Work.FOLDER);
    Bin bin = new Bin(corral.resolve(Work.TRASH), layout.blobs());
    LinkFolder links = new LinkFolder(corral.resolve(Work.LINKS));
    return new Links(shelf, bin, links, owner, shelf::blob, mayWrite && takes());
  }

  /// The manifest of a name, byte for byte; empty where there is none or it cannot be read.
  public Optional<byte[]> manifest(ModelName name) {
    try {
      return shelf.find(name).map(Found::bytes);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// What a blob's bytes really hash to; empty where it is not there or cannot be read.
  ///
  /// @param read is told the bytes of each step, and may throw to end it
  public Optional<Digest> hash(Digest digest, IntConsumer read) {
    Optional<Path> file = shelf.blob(digest);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Disk.digest(file.get(), read));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
