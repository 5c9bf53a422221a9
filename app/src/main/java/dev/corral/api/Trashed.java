package dev.corral.api;

import java.time.Instant;
import java.util.List;

/// A deleted model, in `GET /manage/trash`.
///
/// @param id of this deletion; a name may be deleted several times
/// @param digest of its manifest, 64 hex digits
/// @param goesAt when it is removed for good
/// @param sizeBytes of all its blobs
/// @param freesBytes what its removal alone gives back
public record Trashed(
    String id,
    String model,
    String digest,
    Instant deletedAt,
    Instant goesAt,
    long sizeBytes,
    long freesBytes) {

  /// Body of `POST /manage/trash`.
  ///
  /// @param model a name, of which the last deletion is meant, or an id
  public record Restore(String model) {}

  /// Answer to `POST /manage/trash`.
  public record Restored(String model) {}

  /// Answer to `DELETE /manage/trash`.
  public record Emptied(List<String> models, long freedBytes) {
    public Emptied {
      models = List.copyOf(models);
    }
  }
}
