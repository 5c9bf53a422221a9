package dev.corral.pull;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.ollama.Management.Reply;
import dev.corral.registry.Fetched;
import dev.corral.registry.Ranged;
import dev.corral.registry.Remote;
import java.time.Duration;
import java.util.Optional;

/// Puts right what a node holds wrongly, so that the next pull can succeed.
final class NodeCure {
  /// The slowest line on which handing a blob over still makes sense, in bytes a second.
  private static final long SLOWEST = 256 << 10;

  private final Management management;
  private final NodeSpot spot;
  private final ModelName name;
  private final Remote remote;
  private final Stop stop;

  NodeCure(Management management, NodeSpot spot, ModelName name, Remote remote, Stop stop) {
    this.management = management;
    this.spot = spot;
    this.name = name;
    this.remote = remote;
    this.stop = stop;
  }

  /// The model goes, and with it Ollama removes what no other model uses.
  ///
  /// @return whether pulling again makes sense
  boolean damaged() {
    Reply reply = management.delete(spot.target(), name.shortName());
    return reply instanceof Reply.Told told && (told.good() || told.status() == 404);
  }

  /// The parts that an interrupted pull left of a blob stand in its way: the node is given the
  /// whole blob, after which it needs no parts.
  ///
  /// @param named the blob, where the node said which
  /// @return whether pulling again makes sense
  boolean parts(Optional<Digest> named, Optional<Fetched.Found> expected) {
    return expected.stream()
        .flatMap(found -> found.manifest().blobs().stream())
        .filter(layer -> named.map(layer.digest()::equals).orElseGet(() -> lacks(layer.digest())))
        .findFirst()
        .filter(this::handOver)
        .isPresent();
  }

  private boolean lacks(Digest digest) {
    return management.hasBlob(spot.target(), digest) instanceof Reply.Told told
        && told.status() == 404;
  }

  /// From the registry through us to the node, which hashes what it gets.
  private boolean handOver(Layer layer) {
    if (stop.asked()
        || !(remote.range(layer.digest(), 0, layer.size() - 1, layer.size())
            instanceof Ranged.Part part)) {
      return false;
    }
    Duration within = Duration.ofMinutes(1).plusSeconds(layer.size() / SLOWEST);
    try (part) {
      Reply reply =
          management.upload(spot.target(), layer.digest(), layer.size(), part.bytes(), within);
      return reply instanceof Reply.Told told && told.good();
    }
  }
}
