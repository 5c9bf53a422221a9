package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Models that the server tracks and no backend has now, which Ollama's own listing does not know.
final class Absent {
  private static final List<String> STATES = List.of("missing", "gone", "unreachable");

  private Absent() {}

  /// Empty where the server is a bare Ollama, or does not let us look.
  static List<JsonNode> models(Server server) {
    List<JsonNode> absent = new ArrayList<>();
    try {
      for (JsonNode model : server.get("/manage/models")) {
        boolean tracked = model.path("tracked").asBoolean();
        if (tracked && STATES.contains(model.path("state").asText())) {
          absent.add(model);
        }
      }
    } catch (Failure _) {
      // What can be asked has been listed; this is a remark beside it.
      absent.clear();
    }
    return absent;
  }

  /// The last column says how it is, where the others say when it came.
  static List<String> row(JsonNode model) {
    String name = model.path("name").asText();
    String called = model.path("row").path("ollamaModelName").asText("");
    boolean other = !called.isEmpty() && !called.equals(name);
    Optional<Instant> gone = Words.instant(model.path("goneAt").asText(""));
    String since = gone.map(then -> " " + Words.ago(then, Instant.now())).orElse("");
    return List.of(
        name,
        ModelVerbs.shortDigest(model),
        ModelVerbs.size(model.path("size").asLong()),
        model.path("state").asText() + since + (other ? " (" + called + ")" : ""));
  }

  /// The backends' models as they are told, and these with their state.
  static ArrayNode behind(List<JsonNode> models, List<JsonNode> absent) {
    ArrayNode all = Json.object().putArray("models");
    models.forEach(all::add);
    for (JsonNode model : absent) {
      ObjectNode entry = Json.object();
      entry.put("name", model.path("name").asText());
      entry.put("model", model.path("name").asText());
      entry.put("state", model.path("state").asText());
      entry.put("digest", model.path("digest").asText());
      entry.put("size", model.path("size").asLong());
      all.add(entry);
    }
    return all;
  }
}
