package dev.corral;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.engine.Engine;
import dev.corral.fleet.Backend;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.upkeep.Nodes;
import dev.corral.upstream.CallFailed;
import dev.corral.upstream.Talk;
import dev.corral.upstream.Upstream;
import dev.corral.wire.Via;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// What upkeep asks of nodes, by Ollama's API.
final class NodeErrands implements Nodes {
  /// An answer of one token, or a vector.
  private static final int MOST_BYTES = 1 << 20;

  private static final JsonMapper JSON = new JsonMapper();

  private final Upstream upstream;
  private final String instance;
  private final Engine engine;
  private final Management management;

  NodeErrands(Upstream upstream, String instance, Engine engine) {
    this.upstream = upstream;
    this.instance = instance;
    this.engine = engine;
    this.management = new Management(upstream, instance);
  }

  @Override
  public Optional<String> delete(Backend node, String model) {
    return switch (management.delete(node.target(), model)) {
      case Management.Reply.Silent silent -> Optional.of(silent.why());
      case Management.Reply.Told told when told.good() -> Optional.empty();
      case Management.Reply.Told told -> Optional.of(told.error());
    };
  }

  @Override
  public void unload(ModelName name) {
    boolean running =
        engine.running().stream().anyMatch(one -> one.name().equals(name.shortName()));
    if (running) {
      boolean _ = engine.unload(name.shortName());
    }
  }

  @Override
  public Optional<String> ask(Backend backend, String model, boolean embeds) {
    String body =
        embeds
            ? "{\"model\":\"" + model + "\",\"input\":\"a\"}"
            : "{\"model\":\""
                + model
                + "\",\"prompt\":\"a\",\"stream\":false,\"options\":{\"num_predict\":1}}";
    Map<String, String> headers = Map.of(Via.HEADER, instance, "Content-Type", "application/json");
    String path = embeds ? "/api/embed" : "/api/generate";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (Talk talk = upstream.talk(backend.target(), "POST", path, headers, bytes)) {
      int status = talk.head().status();
      String text = new String(talk.body().readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
      return status == 200
          ? Optional.empty()
          : Optional.of(error(text).orElse("it answered with status " + status));
    } catch (CallFailed e) {
      return Optional.of(e.failure().why());
    } catch (IOException e) {
      return Optional.of("the connection broke off");
    }
  }

  private static Optional<String> error(String text) {
    try {
      return Optional.of(JSON.readTree(text).path("error").asText("")).filter(e -> !e.isEmpty());
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
