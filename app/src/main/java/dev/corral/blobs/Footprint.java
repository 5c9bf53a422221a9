package dev.corral.blobs;

import dev.corral.model.ModelName;
import java.util.List;

/// What a model takes of the disk.
///
/// @param sizeBytes of all its blobs
/// @param aloneBytes what comes free when it goes for good: what other models or the trash use, and
///   what lies in folders that are only read, is not counted
/// @param laterBytes what comes free when it goes through the trash and that is emptied
/// @param sharesWith models with the same weights, projector or adapter
public record Footprint(
    ModelName name,
    Origin origin,
    long sizeBytes,
    long aloneBytes,
    long laterBytes,
    List<ModelName> sharesWith) {
  public Footprint {
    sharesWith = List.copyOf(sharesWith);
  }
}
