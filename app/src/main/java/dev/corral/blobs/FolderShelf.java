package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A folder in Ollama's layout.
record FolderShelf(Origin origin, Layout layout) implements Shelf {
  @Override
  public Optional<Found> find(ModelName name) throws IOException {
    Optional<Layout.Entry> entry = layout.find(name);
    return entry.isEmpty() ? Optional.empty() : read(entry.get());
  }

  @Override
  public Inventory all() throws IOException {
    List<Found> found = new ArrayList<>();
    List<ModelName> unreadable = new ArrayList<>();
    for (Layout.Entry entry : layout.entries()) {
      try {
        read(entry).ifPresent(found::add);
      } catch (IOException e) {
        unreadable.add(entry.name());
      }
    }
    return new Inventory(List.copyOf(found), List.copyOf(unreadable));
  }

  @Override
  public Optional<Path> blob(Digest digest) {
    return layout.findBlob(digest);
  }

  @Override
  public Optional<byte[]> bytes(Digest digest, int most) throws IOException {
    Optional<Path> file = layout.findBlob(digest);
    return file.isEmpty() ? Optional.empty() : Optional.of(read(file.get(), most));
  }

  /// Empty where it was removed in this moment.
  private static Optional<Found> read(Layout.Entry entry) throws IOException {
    try {
      byte[] manifest = read(entry.path(), Manifest.MAX_BYTES + 1);
      return Optional.of(
          new Found(
              entry.name(),
              manifest,
              Files.getLastModifiedTime(entry.path(), LinkOption.NOFOLLOW_LINKS).toInstant()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /// At most `most` bytes from the start of a file.
  private static byte[] read(Path file, int most) throws IOException {
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(most);
    }
  }
}
