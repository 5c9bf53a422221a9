package dev.corral.pull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.blobs.OllamaFolder;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.ollama.Listed;
import dev.corral.ollama.Management;
import dev.corral.ollama.Management.Reply;
import dev.corral.registry.Fetched;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at what a node has after it said `success`, which proves little: a damaged blob counts as
/// present, and an empty manifest as a model (reference/ollama-live.md items 1, 8 and 9).
final class NodeCheck {
  private final Management management;
  private final NodeSpot spot;
  private final ModelName name;
  private final NodePatience patience;
  private final Stop stop;

  /// What the node tells of the model now. Of the one thread that looks.
  private String listed = "";

  NodeCheck(
      Management management, NodeSpot spot, ModelName name, NodePatience patience, Stop stop) {
    this.management = management;
    this.spot = spot;
    this.name = name;
    this.patience = patience;
    this.stop = stop;
  }

  /// What the look showed.
  sealed interface Verdict {
    /// @param hashed whether the very bytes were looked at
    record Good(boolean hashed) implements Verdict {}

    /// It is another version than the registry's.
    record Other() implements Verdict {}

    record Damaged(String why) implements Verdict {}

    /// The node does not answer now.
    record Unknown(String why) implements Verdict {}
  }

  /// @param expected what the registry has, where it could be asked
  /// @throws java.util.concurrent.CancellationException where it was stopped
  Verdict look(Optional<Fetched.Found> expected, NodeShares shares) {
    List<Digest> sizes =
        expected.map(found -> shares.wrongSizes(found.manifest())).orElse(List.of());
    if (!sizes.isEmpty()) {
      return new Verdict.Damaged("a blob there has another size than it should");
    }
    Verdict listed =
        switch (management.tags(spot.target())) {
          case Reply.Silent silent -> new Verdict.Unknown(silent.why());
          case Reply.Told told -> listed(told.tree(), expected);
        };
    if (!(listed instanceof Verdict.Good)) {
      return listed;
    }
    Optional<List<Digest>> wrong = hashed();
    if (wrong.filter(blobs -> !blobs.isEmpty()).isPresent()) {
      return new Verdict.Damaged("bytes there are not what their digest says");
    }
    Verdict shown = shown();
    return shown instanceof Verdict.Good ? new Verdict.Good(wrong.isPresent()) : shown;
  }

  private Verdict listed(JsonNode tree, Optional<Fetched.Found> expected) {
    Optional<Listed> model = Listed.find(tree, name);
    if (model.isEmpty()) {
      return new Verdict.Damaged("the node does not list it");
    }
    listed = model.get().digest();
    if (model.get().size() == 0) {
      return new Verdict.Damaged("what the registry gave it is empty");
    }
    boolean other =
        expected.isPresent() && !listed.isEmpty() && !expected.get().digest().hex().equals(listed);
    return other ? new Verdict.Other() : new Verdict.Good(false);
  }

  /// Hashes config and all layers, where we can read them.
  ///
  /// @return those that are wrong or missing; empty where nothing can be read
  private Optional<List<Digest>> hashed() {
    Optional<OllamaFolder> folder = spot.store();
    // A folder with another manifest under that name is another Ollama's.
    Optional<Manifest> manifest =
        folder
            .flatMap(there -> there.manifest(name))
            .filter(bytes -> Digest.of(bytes).hex().equals(listed))
            .flatMap(NodeCheck::parsed);
    if (folder.isEmpty() || manifest.isEmpty()) {
      return Optional.empty();
    }
    List<Digest> wrong = new ArrayList<>();
    int unread = 0;
    for (Layer layer : manifest.get().blobs()) {
      Optional<Digest> real = folder.get().hash(layer.digest(), _ -> stop.check());
      if (real.isEmpty()) {
        unread++;
      } else if (!real.get().equals(layer.digest())) {
        wrong.add(layer.digest());
      }
    }
    // Nothing can be read: the folder is not ours to look at.
    return unread == manifest.get().blobs().size() ? Optional.empty() : Optional.of(wrong);
  }

  private static Optional<Manifest> parsed(byte[] bytes) {
    try {
      return Optional.of(Manifest.parse(bytes));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Verdict shown() {
    return switch (management.show(spot.target(), name.shortName())) {
      case Reply.Silent silent -> new Verdict.Unknown(silent.why());
      case Reply.Told told when told.status() == 500 || told.status() == 404 ->
          new Verdict.Damaged("the node cannot read it");
      case Reply.Told told -> loaded(told.tree());
    };
  }

  /// What cannot be loaded for want of memory is there all the same.
  private Verdict loaded(JsonNode shown) {
    boolean embeds = Management.embeds(shown);
    Reply reply = management.load(spot.target(), name.shortName(), embeds, patience.load());
    boolean damaged =
        reply instanceof Reply.Told told
            && told.status() == 500
            && NodeWords.unreadable(told.error());
    return damaged ? new Verdict.Damaged("the node cannot load it") : new Verdict.Good(false);
  }
}
