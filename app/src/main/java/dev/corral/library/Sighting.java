package dev.corral.library;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What was seen of a tracked model on the backends, in the past and now.
///
/// @param modelId of its row
/// @param digest of its manifest when it was last seen
/// @param seenAt when it was last found anew or changed
/// @param goneAt since when no backend has it; null while one has
/// @param backends that had it when they last answered
public record Sighting(
    String modelId,
    String digest,
    long sizeBytes,
    Instant seenAt,
    @Nullable Instant goneAt,
    Set<String> backends) {
  public Sighting {
    backends = Set.copyOf(backends);
  }
}
