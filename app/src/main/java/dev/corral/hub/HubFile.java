package dev.corral.hub;

import dev.corral.model.Digest;
import java.util.Optional;

/// One file of a repository.
///
/// @param path with folders, as the listing has it
/// @param size bytes
/// @param digest of its content; empty where the listing does not tell it (small files)
public record HubFile(String path, long size, Optional<Digest> digest) {
  /// Behind the last slash.
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// Before the last slash; empty at the top.
  public String folder() {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }
}
