package dev.corral.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One model over all backends, in `GET /manage/models`, and each that is tracked, wherever it is.
///
/// @param digest 64 hex digits; empty where the backend tells none
/// @param size bytes on disk; 0 where unknown
/// @param contextLength tokens the model was trained for; null where unknown
/// @param backends where it lies
/// @param loadedOn where it is in memory
/// @param virtualFor for an alias: the model it means; empty for a real model
/// @param state `present`, `missing` (tracked, and no backend has it), `gone` (was here once), or
///   `unreachable` (on a backend that does not answer)
/// @param tracked there is a row of `downloaded_models` for it
/// @param adoptable a backend has it and nobody tracks it; offered
/// @param guarded nothing that comes through Corral removes it; `protected` on the line
/// @param protectedBy `config` or `run time`; empty where it is not protected
/// @param assigned what means it: aliases, and `default` for the active model
/// @param duplicates other names of the same bytes
/// @param fit would it fit on this machine; null where nothing is known of its size
public record ModelView(
    String name,
    String digest,
    long size,
    String family,
    String parameterSize,
    String quantization,
    @Nullable Integer contextLength,
    List<String> capabilities,
    List<String> backends,
    List<String> loadedOn,
    String virtualFor,
    @Nullable Instant modifiedAt,
    String state,
    boolean tracked,
    boolean adoptable,
    @JsonProperty("protected") boolean guarded,
    String protectedBy,
    List<String> assigned,
    List<String> duplicates,
    @Nullable Row row,
    @Nullable Instant goneAt,
    @Nullable FitView fit) {

  /// Its row of `downloaded_models`.
  ///
  /// @param parameters in billions
  /// @param fileSizeMb in 10^6 bytes
  /// @param filePath as somebody wrote it; never opened
  public record Row(
      String modelId,
      String displayName,
      String repoId,
      String filename,
      String quantization,
      @Nullable Double parameters,
      @Nullable Long contextWindow,
      @Nullable Double fileSizeMb,
      String filePath,
      String ollamaModelName,
      String source,
      List<String> tags,
      @Nullable Instant downloadedAt,
      @Nullable Instant lastUsed) {}

  /// @param verdict `perfect`, `tight`, `partial`, `wont` or `refused`
  /// @param exact false where only the size of the file is known
  /// @param needBytes on the host and all GPUs together
  /// @param reason a sentence
  /// @param next what would make it fit; empty where nothing needs to
  public record FitView(
      String verdict,
      boolean exact,
      long needBytes,
      long missingBytes,
      String reason,
      String next) {}

  /// Body of `POST /manage/models/adopt`.
  ///
  /// @param models by name; none for all that are offered
  public record Adoption(List<String> models) {}
}
