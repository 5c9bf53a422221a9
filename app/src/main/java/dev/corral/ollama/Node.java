package dev.corral.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.model.ModelName;
import dev.corral.upstream.Answer;
import dev.corral.upstream.Failure;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import dev.corral.wire.Via;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks at one backend: its version, what lies on its disk, what is in its memory. Blocking; for
/// owners on virtual threads.
public final class Node {
  /// Management calls take a millisecond even under load (reference/ollama-live.md item 39).
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// A listing of a thousand models takes about 700 kB.
  private static final int MAX_LISTING_BYTES = 16 << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Upstream upstream;
  private final String instance;

  /// @param instance this program's id, by which a backend that is ourselves is recognised
  public Node(Upstream upstream, String instance) {
    this.upstream = upstream;
    this.instance = instance;
  }

  /// One look at an Ollama node: three small calls.
  public Sight ollama(Target target) {
    return switch (get(target, "/api/version")) {
      case Reply.No no -> no.sight();
      case Reply.Json version -> {
        Reply tags = get(target, "/api/tags");
        Reply ps = get(target, "/api/ps");
        if (tags instanceof Reply.No no) {
          yield no.sight();
        }
        List<LoadedModel> loaded = ps instanceof Reply.Json json ? loaded(json.tree()) : List.of();
        yield new Sight.Seen(
            version.tree().path("version").asText(""), stored(((Reply.Json) tags).tree()), loaded);
      }
    };
  }

  /// One look at a server that speaks OpenAI's API.
  ///
  /// @param offered the models that the operator named; empty means whatever the server lists
  public Sight openai(Target target, List<String> offered) {
    return switch (get(target, "/models")) {
      case Reply.No no -> no.sight();
      case Reply.Json models -> {
        List<StoredModel> listed = new ArrayList<>();
        for (JsonNode model : models.tree().path("data")) {
          String id = model.path("id").asText("");
          if (!id.isEmpty() && (offered.isEmpty() || offered.contains(id))) {
            listed.add(openai(id, model));
          }
        }
        for (String name : offered) {
          if (listed.stream().noneMatch(model -> model.name().equals(name))) {
            listed.add(openai(name, JSON.createObjectNode()));
          }
        }
        yield new Sight.Seen("", List.copyOf(listed), List.of());
      }
    };
  }

  private sealed interface Reply {
    record Json(JsonNode tree) implements Reply {}

    record No(Sight sight) implements Reply {}
  }

  private Reply get(Target target, String path) {
    Map<String, String> headers = Map.of(Via.HEADER, instance, "Accept", "application/json");
    return switch (upstream.fetch(target, path, headers, MAX_LISTING_BYTES, PATIENCE)) {
      case Answer.Failed(Failure.NotSent(String why)) -> new Reply.No(new Sight.Untold(why));
      case Answer.Failed failed -> new Reply.No(new Sight.Unseen(failed.failure().why()));
      case Answer.Told told when told.status() == Via.LOOP_STATUS ->
          new Reply.No(new Sight.Ourselves());
      case Answer.Told told when told.status() != 200 ->
          new Reply.No(new Sight.Unseen(path + " answered " + told.status()));
      case Answer.Told told -> parse(path, told.body());
    };
  }

  private static Reply parse(String path, String body) {
    try {
      JsonNode tree = JSON.readTree(body);
      if (tree != null && tree.isObject()) {
        return new Reply.Json(tree);
      }
    } catch (JsonProcessingException e) {
      // Told below: whatever answers there is no model server.
    }
    return new Reply.No(
        new Sight.Unseen(path + " answered something that is not JSON; is this a model server?"));
  }

  private static List<StoredModel> stored(JsonNode tree) {
    List<StoredModel> models = new ArrayList<>();
    for (JsonNode model : tree.path("models")) {
      if (ModelName.hidden(model.path("name").asText(""))) {
        continue; // an anchor of ours is nobody's model
      }
      JsonNode details = model.path("details");
      JsonNode context = details.path("context_length");
      models.add(
          new StoredModel(
              model.path("name").asText(model.path("model").asText("")),
              model.path("digest").asText(""),
              model.path("size").asLong(),
              details.path("family").asText(""),
              details.path("parameter_size").asText(""),
              details.path("quantization_level").asText(""),
              context.isInt() ? context.asInt() : null,
              words(model.path("capabilities")),
              time(model.path("modified_at").asText("")),
              model.toString()));
    }
    return List.copyOf(models);
  }

  private static List<LoadedModel> loaded(JsonNode tree) {
    List<LoadedModel> models = new ArrayList<>();
    for (JsonNode model : tree.path("models")) {
      models.add(
          new LoadedModel(
              model.path("name").asText(""),
              model.path("digest").asText(""),
              model.path("size").asLong(),
              model.path("size_vram").asLong(),
              model.toString()));
    }
    return List.copyOf(models);
  }

  private static StoredModel openai(String id, JsonNode model) {
    JsonNode created = model.path("created");
    return new StoredModel(
        id,
        "",
        0,
        "",
        "",
        "",
        null,
        List.of(),
        created.canConvertToLong() ? Instant.ofEpochSecond(created.asLong()) : null,
        model.toString());
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText()));
    return List.copyOf(words);
  }

  private static @Nullable Instant time(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
