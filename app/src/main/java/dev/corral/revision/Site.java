package dev.corral.revision;

import dev.corral.blobs.Links;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.util.Optional;

/// Where models lie and anchors are made: our own store, or a node. Blocking.
public interface Site {
  /// What a name means there.
  ///
  /// @param manifest its very text; empty where it cannot be read
  record Held(Digest digest, long bytes, String manifest) {}

  Optional<Held> held(ModelName name);

  /// Gives what `from` means a second name.
  ///
  /// @return whether it has it now
  boolean copy(ModelName from, ModelName to);

  /// Puts a manifest back whose name was lost, where all its blobs are still there.
  ///
  /// @return whether it could be done
  boolean publish(ModelName name, String manifest);

  /// Takes a name away.
  ///
  /// @return whether it is gone now, also where it was not there
  boolean remove(ModelName name);

  /// Second names of the blobs there; empty where the folder cannot be read.
  ///
  /// @param owner tells ours from those of other Corrals
  Optional<Links> links(String owner);
}
