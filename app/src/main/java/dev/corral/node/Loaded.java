package dev.corral.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.engine.Running;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;

/// `/api/ps`: what is in memory, the longest to stay first.
public final class Loaded {
  private final Desk desk;

  public Loaded(Desk desk) {
    this.desk = desk;
  }

  public List<Route> routes() {
    return List.of(new Route("GET", "/api/ps", turn -> turn.json(200, listing())));
  }

  private ObjectNode listing() {
    Instant never = desk.clock().instant().plusNanos(Long.MAX_VALUE);
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode models = answer.putArray("models");
    desk.runners().running().stream()
        .filter(one -> one.state() != Running.State.STOPPING)
        .sorted(Comparator.comparing((Running one) -> expires(one, never)).reversed())
        .forEach(one -> models.add(model(one, never)));
    return answer;
  }

  /// Ollama tells 292 years for a model that stays for ever.
  private static Instant expires(Running one, Instant never) {
    Instant at = one.expiresAt();
    return at == null ? never : at;
  }

  private ObjectNode model(Running one, Instant never) {
    ObjectNode model = JsonNodeFactory.instance.objectNode();
    model.put("name", one.name()).put("model", one.name());
    model.put("size", one.sizeBytes()).put("digest", one.digest());
    model.set("details", details(one));
    model.put("expires_at", Shape.TIME.format(expires(one, never).atZone(ZoneId.systemDefault())));
    model.put("size_vram", one.vramBytes()).put("context_length", one.contextLength());
    return model;
  }

  private ObjectNode details(Running one) {
    ObjectNode details = JsonNodeFactory.instance.objectNode().put("parent_model", "");
    ModelName.parse(one.name())
        .flatMap(desk.library()::find)
        .map(known -> known.stored().config())
        .ifPresent(config -> details(details, config));
    return details;
  }

  private static void details(ObjectNode details, ModelConfig config) {
    details.put("format", config.format()).put("family", config.family());
    ArrayNode families = details.putArray("families");
    config.families().forEach(families::add);
    details.put("parameter_size", config.parameterSize());
    details.put("quantization_level", config.quantization());
  }
}
