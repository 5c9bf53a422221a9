package dev.corral.hardware;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/// The disk that a folder lies on.
///
/// @param freeBytes what this process may still write
public record Disk(long totalBytes, long freeBytes, Instant at) {
  /// Looks now; a folder that is still to be made lies where the nearest one above it does. Empty
  /// where the system does not tell.
  public static Optional<Disk> of(Path folder) {
    Path there = folder.toAbsolutePath();
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null) {
      return Optional.empty();
    }
    try {
      FileStore store = Files.getFileStore(there);
      return Optional.of(new Disk(store.getTotalSpace(), store.getUsableSpace(), Instant.now()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
