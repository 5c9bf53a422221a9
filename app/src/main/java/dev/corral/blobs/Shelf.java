package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// One folder that models lie in, as the store reads it.
sealed interface Shelf permits FolderShelf, LooseShelf {
  /// @param unreadable manifests that are there and cannot be read
  record Inventory(List<Found> found, List<ModelName> unreadable) {}

  Origin origin();

  /// The manifest of a name, without regard to case.
  Optional<Found> find(ModelName name) throws IOException;

  /// All manifests. Looks at the disk each time, since others write there too.
  Inventory all() throws IOException;

  /// The file of a blob, where it is here.
  Optional<Path> blob(Digest digest);

  /// The bytes of a small blob, where it is here.
  ///
  /// @param most longer ones are not read
  Optional<byte[]> bytes(Digest digest, int most) throws IOException;

  /// Stops what goes on behind.
  default void close() {}
}
