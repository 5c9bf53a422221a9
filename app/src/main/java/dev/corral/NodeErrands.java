package dev.corral;

import dev.corral.engine.Engine;
import dev.corral.fleet.Backend;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.upkeep.Nodes;
import java.time.Duration;
import java.util.Optional;

/// What upkeep asks of nodes, by Ollama's API.
final class NodeErrands implements Nodes {
  /// A model of 100 GB from a slow disk.
  private static final Duration MOST_LOADING = Duration.ofMinutes(30);

  private final Engine engine;
  private final Management management;

  NodeErrands(Management management, Engine engine) {
    this.management = management;
    this.engine = engine;
  }

  @Override
  public Optional<String> delete(Backend node, String model) {
    return management.delete(node.target(), model).problem();
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
    return management.answer(backend.target(), model, embeds, MOST_LOADING);
  }
}
