package dev.corral.ollama;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A model on a backend's disk, as its listing tells it.
///
/// @param name as the backend writes it, with its tag
/// @param digest 64 hex digits; empty where the backend tells none
/// @param size bytes; 0 where the backend tells none
/// @param contextLength tokens it was trained for; null where unknown
/// @param listing the backend's own entry, as JSON text, for listings that pass it on
public record StoredModel(
    String name,
    String digest,
    long size,
    String family,
    String parameterSize,
    String quantization,
    @Nullable Integer contextLength,
    List<String> capabilities,
    @Nullable Instant modifiedAt,
    String listing) {
  /// True where the node only lists the model, and its vendor's cloud answers for it. Only such
  /// entries have the member (`omitempty` in Ollama's `ListModelResponse`); a name cannot hold a
  /// quote.
  public boolean remote() {
    return listing.contains("\"remote_host\":\"");
  }
}
