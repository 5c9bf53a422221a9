package dev.corral.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// One entry of a listing in each dialect's shape. The entries of a node are the source: what it
/// told is passed on.
final class Entries {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Entries() {}

  /// A model of a server that lists names alone, in the shape of `/api/tags`.
  static ObjectNode tag(StoredModel model) {
    ObjectNode details = NODES.objectNode();
    details.put("parent_model", "").put("format", "").put("family", "");
    details.putNull("families");
    details.put("parameter_size", "").put("quantization_level", "");
    Instant at = model.modifiedAt() == null ? Instant.EPOCH : model.modifiedAt();
    ObjectNode entry = NODES.objectNode();
    entry.put("name", model.name()).put("model", model.name());
    entry.put("modified_at", at.toString()).put("size", model.size()).put("digest", "");
    entry.set("details", details);
    return entry;
  }

  /// The same entry under a virtual name.
  static ObjectNode named(JsonNode entry, String name) {
    ObjectNode copy = ((ObjectNode) entry).deepCopy();
    copy.put("name", name).put("model", name);
    return copy;
  }

  static boolean means(JsonNode entry, String name) {
    String own = entry.path("name").asText();
    return own.equals(name)
        || ModelName.parse(own)
            .flatMap(a -> ModelName.parse(name).map(b -> a.key().equals(b.key())))
            .orElse(false);
  }

  static ObjectNode openai(JsonNode entry) {
    String name = entry.path("name").asText();
    ObjectNode model = NODES.objectNode();
    model.put("id", name).put("object", "model").put("created", changed(entry).getEpochSecond());
    model.put("owned_by", ModelName.parse(name).map(ModelName::namespace).orElse("library"));
    return model;
  }

  static ObjectNode anthropic(JsonNode entry) {
    String name = entry.path("name").asText();
    ObjectNode model = NODES.objectNode();
    model.put("type", "model").put("id", name).put("display_name", name);
    model.put("created_at", changed(entry).toString());
    return model;
  }

  private static Instant changed(JsonNode entry) {
    try {
      return OffsetDateTime.parse(entry.path("modified_at").asText()).toInstant();
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }
}
