package dev.corral.blobs;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.time.Instant;

/// A manifest that was found, as it lies there.
final class Found {
  private final ModelName name;
  private final byte[] bytes;
  private final Instant modifiedAt;

  /// @param name in the spelling of the disk
  Found(ModelName name, byte[] bytes, Instant modifiedAt) {
    this.name = name;
    this.bytes = bytes;
    this.modifiedAt = modifiedAt;
  }

  ModelName name() {
    return name;
  }

  Instant modifiedAt() {
    return modifiedAt;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  Digest digest() {
    return Digest.of(bytes);
  }

  /// @throws IllegalArgumentException where it makes no sense
  Manifest parsed() {
    return Manifest.parse(bytes);
  }
}
