package dev.corral.revision;

import java.util.OptionalLong;

/// An anchor as it stands on the disk.
///
/// @param holding what holds it
/// @param aloneBytes what comes free when it goes; empty where its folder cannot be read
public record Kept(Anchor anchor, Holding holding, OptionalLong aloneBytes) {
  /// What an old revision hangs on.
  public enum Holding {
    /// Links of ours to all its blobs: it outlasts whoever removes its manifest and its blobs.
    LINKS,
    /// A hidden manifest in our own store: whoever removes its blobs past us takes it away.
    MANIFEST,
    /// A hidden copy on a node, whose folder is not ours to write: as that node keeps it.
    COPY
  }
}
