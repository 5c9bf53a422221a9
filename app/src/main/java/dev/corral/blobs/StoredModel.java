package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A model as it lies in the store. Paths are for the engine and never for a caller's eyes.
///
/// @param name in the case in which it was first written
/// @param digest of the manifest's bytes: the identity that listings show
/// @param files the blobs that are here, with the size the manifest says
/// @param missing the layers that are not
public record StoredModel(
    ModelName name,
    Digest digest,
    Manifest manifest,
    ModelConfig config,
    Texts texts,
    Origin origin,
    Instant modifiedAt,
    Map<Digest, Path> files,
    List<Layer> missing) {
  public StoredModel {
    files = Map.copyOf(files);
    missing = List.copyOf(missing);
  }

  /// Bytes of all layers and the config.
  public long sizeBytes() {
    return manifest.size();
  }

  /// Whether every blob is here.
  public boolean whole() {
    return missing.isEmpty();
  }

  /// The layer of the weights; empty for models that are only listed, and for those that are not
  /// GGUF.
  public Optional<Layer> weightsLayer() {
    return manifest.last(Layer.MODEL);
  }

  /// The GGUF file of the weights, where it is here.
  public Optional<Path> weights() {
    return weightsLayer().map(layer -> files.get(layer.digest()));
  }

  public List<Path> adapters() {
    return paths(Layer.ADAPTER);
  }

  public List<Path> projectors() {
    return paths(Layer.PROJECTOR);
  }

  private List<Path> paths(String mediaType) {
    return manifest.layers(mediaType).stream()
        .map(layer -> files.get(layer.digest()))
        .filter(Objects::nonNull)
        .toList();
  }
}
