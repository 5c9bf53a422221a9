package dev.corral.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.OpenAiModels;
import dev.corral.fleet.Backend;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// One entry of a listing in each dialect's shape. The entries of a node are the source: what it
/// told is passed on.
final class Entries {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final ObjectMapper JSON = new ObjectMapper();

  private Entries() {}

  /// A model of a server that lists names and little more, in the shape of `/api/tags`.
  static ObjectNode tag(StoredModel model) {
    return OpenAiModels.tag(told(model));
  }

  /// The same for `/api/show`.
  static byte[] show(Backend backend, String name) {
    ObjectNode show =
        OpenAiModels.show(
            backend.find(name).map(Entries::told).orElse(NODES.objectNode().put("id", name)));
    return show.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The backend's own entry; one that the operator named and the backend does not list has a name
  /// only.
  private static ObjectNode told(StoredModel model) {
    try {
      ObjectNode entry = (ObjectNode) JSON.readTree(model.listing());
      return entry.has("id") ? entry : entry.put("id", model.name());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a listing that was read before", e);
    }
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
