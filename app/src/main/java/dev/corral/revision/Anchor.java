package dev.corral.revision;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.util.List;

/// What a name meant before, kept where it was.
///
/// @param target the backend that has it: a node's name, or `own`
/// @param model the name that meant it
/// @param hidden the name under which it is kept there
/// @param digest of its manifest
/// @param bytes of all its blobs; what it shares with others included
/// @param manifest its very text; empty where the node's folder cannot be read
/// @param blobs that it needs; empty likewise
public record Anchor(
    String target,
    ModelName model,
    ModelName hidden,
    Digest digest,
    long bytes,
    String manifest,
    List<Digest> blobs,
    Instant madeAt) {
  public Anchor {
    blobs = List.copyOf(blobs);
  }
}
