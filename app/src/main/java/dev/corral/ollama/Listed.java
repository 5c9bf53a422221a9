package dev.corral.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.ModelName;
import java.util.Optional;

/// What a node's listing (`/api/tags`) tells of one model.
///
/// @param digest of its manifest, 64 hex digits; empty where the node tells none
/// @param size bytes of all its blobs; 0 of one that is empty
public record Listed(String digest, long size) {
  /// Empty where the listing has no such model.
  ///
  /// @param tags the answer's body
  public static Optional<Listed> find(JsonNode tags, ModelName name) {
    for (JsonNode model : tags.path("models")) {
      boolean same =
          ModelName.parse(model.path("name").asText(""))
              .filter(other -> other.key().equals(name.key()))
              .isPresent();
      if (same) {
        return Optional.of(
            new Listed(model.path("digest").asText(""), model.path("size").asLong(0)));
      }
    }
    return Optional.empty();
  }
}
