package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A look at the bytes of a model, in `GET` and `POST /manage/models/{name}/verify`.
///
/// @param state `waiting`, `running` or `done`
/// @param whole true where it is over and every byte is right, perhaps after a repair
/// @param parts what is, or was, not right
/// @param error why it could not be done; empty otherwise
/// @param endedAt null while it is not over
public record Verification(
    String model,
    String state,
    boolean whole,
    long bytesDone,
    long bytesTotal,
    double percent,
    List<Part> parts,
    String error,
    Instant startedAt,
    @Nullable Instant endedAt) {
  /// @param state `damaged`, `missing`, `unreadable` or `repaired`
  /// @param fetchedBytes that a repair took from the registry
  /// @param error why it could not be repaired; empty where nobody tried
  public record Part(
      String digest, String mediaType, long size, String state, long fetchedBytes, String error) {}

  /// Body of `POST`.
  ///
  /// @param repair fetch what is damaged
  public record Ask(boolean repair) {}

  public Verification {
    parts = List.copyOf(parts);
  }
}
