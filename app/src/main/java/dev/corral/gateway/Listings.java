package dev.corral.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.assign.Assignments;
import dev.corral.dialect.Words;
import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.fleet.Backend;
import dev.corral.model.Dialect;
import dev.corral.model.ModelName;
import dev.corral.upstream.Payload;
import dev.corral.wire.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// What there is to ask. In front of one Ollama node without virtual names its own listing passes
/// untouched; else the nodes are asked at once and their listings become one, with virtual names as
/// entries of their own.
final class Listings {
  private static final String JSON = "application/json; charset=utf-8";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Gateway gateway;

  Listings(Gateway gateway) {
    this.gateway = gateway;
  }

  void tags(Visit visit) {
    if (passed(visit, sole())) {
      return;
    }
    gather(
        visit,
        "/api/tags",
        told -> {
          ObjectNode answer = NODES.objectNode();
          answer.set("models", models(told));
          reply(visit, answer);
        });
  }

  void ps(Visit visit) {
    if (passed(visit, soleNode())) {
      return;
    }
    gather(
        visit,
        "/api/ps",
        told -> {
          ArrayNode models = NODES.arrayNode();
          told.forEach(tree -> tree.path("models").forEach(model -> models.add(publicly(model))));
          ObjectNode answer = NODES.objectNode();
          answer.set("models", models);
          reply(visit, answer);
        });
  }

  /// What was loaded under a hidden name is shown under the one that people know.
  private JsonNode publicly(JsonNode model) {
    String name = model.path("name").asText();
    if (!ModelName.hidden(name)) {
      return model;
    }
    String meant = gateway.settings().anchored().meant().apply(name);
    ObjectNode shown = model.deepCopy();
    return shown.put("name", meant).put("model", meant);
  }

  void version(Visit visit) {
    if (passed(visit, soleNode())) {
      return;
    }
    ObjectNode answer = NODES.objectNode();
    answer.put("version", gateway.fleet().snapshot().oldestOllama().orElse(Words.OLLAMA_VERSION));
    reply(visit, answer);
  }

  /// Nothing leaves for a vendor's cloud through us.
  void cloudStatus(Visit visit) {
    if (passed(visit, soleNode())) {
      return;
    }
    ObjectNode cloud = NODES.objectNode();
    cloud.put("disabled", true).put("source", "config");
    ObjectNode answer = NODES.objectNode();
    answer.set("cloud", cloud);
    reply(visit, answer);
  }

  void v1Models(Visit visit) {
    boolean anthropic = visit.dialect() == Dialect.ANTHROPIC;
    if (!anthropic && passed(visit, sole())) {
      return;
    }
    gather(
        visit,
        "/api/tags",
        told -> {
          ArrayNode models = models(told);
          reply(visit, anthropic ? anthropic(models) : openai(models));
        });
  }

  void v1Model(Visit visit) {
    boolean anthropic = visit.dialect() == Dialect.ANTHROPIC;
    String asked = visit.name();
    // Of a name with a slash Ollama's own route knows nothing.
    if (!anthropic && asked.indexOf('/') < 0 && passed(visit, sole())) {
      return;
    }
    gather(
        visit,
        "/api/tags",
        told -> {
          for (JsonNode entry : models(told)) {
            if (Entries.means(entry, asked)) {
              reply(visit, anthropic ? Entries.anthropic(entry) : Entries.openai(entry));
              return;
            }
          }
          visit.refuse(Problem.of(404, "model '" + asked + "' not found", Words.pull(asked)));
        });
  }

  /// The one backend whose listing can pass untouched.
  private Optional<Backend> sole() {
    Assignments assignments = gateway.settings().assignments();
    return assignments.aliases().isEmpty() ? soleNode() : Optional.empty();
  }

  private Optional<Backend> soleNode() {
    List<Backend> open = gateway.fleet().snapshot().open();
    boolean nothingToHide = !gateway.settings().anchored().any().getAsBoolean();
    return nothingToHide && open.size() == 1 && open.getFirst().ollama()
        ? Optional.of(open.getFirst())
        : Optional.empty();
  }

  /// @return false where there is no one node whose answer could pass as it is
  private boolean passed(Visit visit, Optional<Backend> sole) {
    sole.ifPresent(node -> relay(visit, node));
    return sole.isPresent();
  }

  private void relay(Visit visit, Backend node) {
    Relay relay = new Relay(gateway, visit, node);
    relay.follow(
        gateway
            .upstream()
            .call(
                node.target(),
                visit.request().method().name(),
                visit.request().uri(),
                to -> HeaderRules.toBackend(visit.request().headers(), to, gateway.instance()),
                new Payload.None(),
                relay));
  }

  private void gather(Visit visit, String path, Consumer<List<JsonNode>> then) {
    List<Backend> open = gateway.fleet().snapshot().open();
    List<Backend> nodes = open.stream().filter(Backend::ollama).toList();
    new Gather(gateway, path, nodes)
        .begin(told -> {
          if (told.isEmpty() && !nodes.isEmpty() && nodes.size() == open.size()) {
            visit.refuse(
                Problem.of(
                        503,
                        "None of " + nodes.size() + " backends could be asked",
                        "See them: corral backends list")
                    .retryAfter(1));
          } else {
            tell(visit, told, then);
          }
        });
  }

  /// Some nodes have answered: nobody above this would notice a fault.
  private static void tell(Visit visit, List<JsonNode> told, Consumer<List<JsonNode>> then) {
    try {
      then.accept(told);
    } catch (RuntimeException | Error mistake) {
      visit.mistake(mistake);
    }
  }

  /// One list: the nodes' entries, the models of servers of OpenAI's API, and virtual names.
  private ArrayNode models(List<JsonNode> told) {
    List<JsonNode> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode tree : told) {
      for (JsonNode model : tree.path("models")) {
        String name = model.path("name").asText();
        if (!ModelName.hidden(name) && names.add(name)) {
          entries.add(model);
        }
      }
    }
    for (Backend backend : gateway.fleet().snapshot().open()) {
      if (!backend.ollama()) {
        backend.stored().stream()
            .filter(model -> names.add(model.name()))
            .forEach(model -> entries.add(Entries.tag(model)));
      }
    }
    Assignments assignments = gateway.settings().assignments();
    ArrayNode models = NODES.arrayNode();
    assignments
        .aliases()
        .forEach((alias, target) ->
            entries.stream()
                .filter(entry -> Entries.means(entry, target))
                .findFirst()
                .ifPresent(entry -> models.add(Entries.named(entry, alias))));
    entries.forEach(models::add);
    return models;
  }

  private static ObjectNode openai(ArrayNode models) {
    ArrayNode data = NODES.arrayNode();
    models.forEach(model -> data.add(Entries.openai(model)));
    ObjectNode answer = NODES.objectNode();
    answer.put("object", "list");
    answer.set("data", data);
    return answer;
  }

  private static ObjectNode anthropic(ArrayNode models) {
    ArrayNode data = NODES.arrayNode();
    models.forEach(model -> data.add(Entries.anthropic(model)));
    ObjectNode answer = NODES.objectNode();
    answer.set("data", data);
    answer.put("has_more", false);
    answer.put("first_id", data.isEmpty() ? null : data.get(0).path("id").asText());
    answer.put("last_id", data.isEmpty() ? null : data.get(data.size() - 1).path("id").asText());
    return answer;
  }

  private static void reply(Visit visit, ObjectNode answer) {
    Replies.whole(visit.request(), 200, JSON, Buffer.buffer(answer.toString()));
  }
}
