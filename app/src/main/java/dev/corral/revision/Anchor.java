package dev.corral.revision;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.nio.charset.StandardCharsets;
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

  /// Under which what is kept of it lies beside a store.
  String id() {
    return hidden.tag();
  }

  /// The layers of its manifest; none where that is not known.
  List<Layer> layers() {
    return layers(manifest);
  }

  static List<Layer> layers(String manifest) {
    if (manifest.isEmpty()) {
      return List.of();
    }
    try {
      return Manifest.parse(manifest.getBytes(StandardCharsets.UTF_8)).blobs();
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  boolean means(String where, ModelName name) {
    return target.equals(where) && model.key().equals(name.key());
  }
}
