package dev.corral.pull;

import dev.corral.ollama.Management;
import dev.corral.registry.Registry;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The nodes to which models can be pulled.
public final class Nodes {
  private final Management management;
  private final Function<String, Optional<NodeSpot>> spots;
  private final NodePatience patience;

  /// @param spots by a backend's name, as it is now
  public Nodes(Management management, Function<String, Optional<NodeSpot>> spots) {
    this(management, spots, NodePatience.USUAL);
  }

  Nodes(Management management, Function<String, Optional<NodeSpot>> spots, NodePatience patience) {
    this.management = management;
    this.spots = spots;
    this.patience = patience;
  }

  /// @param registry as the settings allow it when a job begins
  Optional<Work.Place> place(String target, Supplier<Registry> registry) {
    return spots
        .apply(target)
        .map(spot -> order -> new NodeRun(order, spot, management, registry.get(), patience));
  }
}
