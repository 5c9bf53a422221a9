package dev.corral.api;

import java.time.Instant;
import java.util.List;

/// Answer to `POST /manage/prune`.
///
/// @param dryRun true where nothing was done
/// @param models that go to the trash
/// @param bytesLater that come free when the trash is emptied
/// @param orphans blobs that nobody mentions
/// @param bytesNow that came free with them
public record Pruned(
    boolean dryRun, List<Model> models, long bytesLater, int orphans, long bytesNow) {
  /// @param unusedSince its last use, or when it came
  public record Model(String model, Instant unusedSince, long bytes) {}

  /// Body.
  ///
  /// @param unusedFor such as `30d`; empty for what `prune:` in the configuration says
  public record Ask(String unusedFor, boolean dryRun) {}

  public Pruned {
    models = List.copyOf(models);
  }
}
