package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Answer to `DELETE /manage/models/{name}`.
///
/// @param weights false where only the tracking ended
/// @param dryRun true where nothing was done
/// @param usedBy who used it, clauses for people
/// @param bytesNow that came free at once
/// @param bytesLater that come free when the trash is emptied
/// @param goesAt when the trash lets go of it; null where it is not there
public record Removed(
    String model,
    boolean weights,
    boolean dryRun,
    List<Place> places,
    List<String> usedBy,
    long bytesNow,
    long bytesLater,
    @Nullable Instant goesAt) {
  /// @param trash true where it can come back
  public record Place(String backend, boolean trash, long bytesNow, long bytesLater) {}

  public Removed {
    places = List.copyOf(places);
    usedBy = List.copyOf(usedBy);
  }
}
