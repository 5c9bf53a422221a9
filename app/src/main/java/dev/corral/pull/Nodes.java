package dev.corral.pull;

import dev.corral.blobs.OllamaFolder;
import dev.corral.ollama.Management;
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

  /// @param fetching as the settings allow it when a job begins
  Optional<Work.Place> place(String target, Supplier<Fetching> fetching) {
    return spots.apply(target).map(spot -> order -> begin(spot, order, fetching.get()));
  }

  /// Where we may write the node's folder we fetch ourselves: in parallel parts, and resumed.
  private Work begin(NodeSpot spot, Work.Order order, Fetching fetching) {
    Optional<OllamaFolder> folder =
        spot.store().filter(_ -> spot.mayWrite()).filter(OllamaFolder::takes);
    return folder.isPresent()
        ? new FolderRun(order, folder.get(), fetching)
        : new NodeRun(order, spot, management, fetching.sources().registry(), patience);
  }
}
