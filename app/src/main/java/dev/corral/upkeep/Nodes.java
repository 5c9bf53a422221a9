package dev.corral.upkeep;

import dev.corral.fleet.Backend;
import dev.corral.model.ModelName;
import java.util.Optional;

/// What upkeep asks of backends. Blocking; for virtual threads.
public interface Nodes {
  /// Deletes a model on a node.
  ///
  /// @return why it could not, a clause for people; empty where it is gone
  Optional<String> delete(Backend node, String model);

  /// Takes a model out of the memory of our own engine.
  void unload(ModelName name);

  /// Has a model answer with one token, or with a vector.
  ///
  /// @return why it did not, a clause for people; empty where it answered
  Optional<String> ask(Backend backend, String model, boolean embeds);
}
