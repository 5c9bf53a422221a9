package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A blob that another process writes, under a name that nobody sees until [#commit(String)];
/// closed without it, nothing is left. For one thread.
public final class Foreign implements Closeable {
  private final Store store;
  private final Path file;

  Foreign(Store store, Path file) {
    this.store = store;
    this.file = file;
  }

  /// Where it is to be written; not there yet.
  public Path file() {
    return file;
  }

  /// Publishes what was written, and gives the layer that points to it.
  ///
  /// @throws StoreFailure where the disk fails
  public Layer commit(String mediaType) throws StoreFailure {
    try {
      long size = Files.size(file);
      Digest digest = Disk.digest(file, _ -> {});
      store.publishBlob(file, digest);
      return new Layer(mediaType, digest, size);
    } catch (IOException e) {
      throw Disk.failure("keep what was written", e);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
