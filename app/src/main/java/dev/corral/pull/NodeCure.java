package dev.corral.pull;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.ollama.Management.Reply;
import dev.corral.registry.Fetched;
import dev.corral.registry.Ranged;
import dev.corral.registry.Remote;
import dev.corral.registry.Trouble;
import dev.corral.wire.PathMask;
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

  NodeCure(Management management, NodeSpot spot, ModelName name, Remote remote) {
    this.management = management;
    this.spot = spot;
    this.name = name;
    this.remote = remote;
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
  /// @return why it could not be done, a clause for people; empty where pulling again makes sense
  Optional<String> parts(Optional<Digest> named, Optional<Fetched.Found> expected) {
    return expected.stream()
        .flatMap(found -> found.manifest().blobs().stream())
        .filter(layer -> named.map(layer.digest()::equals).orElseGet(() -> lacks(layer.digest())))
        .findFirst()
        .map(this::handOver)
        .orElse(Optional.of("nobody says which file it is"));
  }

  private boolean lacks(Digest digest) {
    return management.hasBlob(spot.target(), digest) instanceof Reply.Told told
        && told.status() == 404;
  }

  /// From the registry through us to the node, which hashes what it gets.
  ///
  /// @return why it could not be done; empty where it was
  private Optional<String> handOver(Layer layer) {
    return switch (remote.range(layer.digest(), 0, layer.size() - 1, layer.size())) {
      case Trouble trouble -> Optional.of(trouble.text());
      case Ranged.Part part -> {
        try (part) {
          yield handOver(layer, part);
        }
      }
    };
  }

  private Optional<String> handOver(Layer layer, Ranged.Part part) {
    Duration within = Duration.ofMinutes(1).plusSeconds(layer.size() / SLOWEST);
    return switch (management.upload(
        spot.target(), layer.digest(), layer.size(), part.bytes(), within)) {
      case Reply.Silent silent -> Optional.of(silent.why());
      case Reply.Told told when told.good() -> Optional.empty();
      case Reply.Told told -> Optional.of("the node says: " + PathMask.mask(told.error()));
    };
  }
}
