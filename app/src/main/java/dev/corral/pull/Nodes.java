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
    return spots.apply(target).map(spot -> new Spot(spot, fetching));
  }

  private final class Spot implements Work.Place {
    private final NodeSpot spot;
    private final Supplier<Fetching> fetching;

    Spot(NodeSpot spot, Supplier<Fetching> fetching) {
      this.spot = spot;
      this.fetching = fetching;
    }

    /// Where we may write the node's folder we fetch ourselves: in parallel parts, and resumed.
    private Optional<OllamaFolder> folder() {
      return spot.store().filter(_ -> spot.mayWrite()).filter(OllamaFolder::takes);
    }

    @Override
    public Work begin(Work.Order order) {
      Optional<OllamaFolder> folder = folder();
      return folder.isPresent()
          ? new FolderRun(order, folder.get(), fetching.get())
          : new NodeRun(order, spot, management, fetching.get().sources().registry(), patience);
    }

    /// Only where we write ourselves a job waits for room; the node has its own word.
    @Override
    public boolean hasRoom(long bytes) {
      Optional<OllamaFolder> folder = folder();
      return folder.isEmpty() || folder.get().hasRoom(bytes);
    }
  }
}
