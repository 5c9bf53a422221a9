package dev.corral.hub;

import java.util.Optional;
import java.util.OptionalLong;

/// A repository as the Hub lists it.
///
/// @param access whether its files may be had by anybody
/// @param license as its card says; empty where it does not
/// @param architecture as the Hub read it from one of the files; empty where it did not
/// @param contextLength tokens that the model was trained for, from the same
/// @param parameters from the same
/// @param chatTemplate whether there is one, from the same; empty where it is not known
/// @param truncated it has more files than are read of any
public record Repository(
    RepositoryName name,
    Access access,
    String license,
    String architecture,
    OptionalLong contextLength,
    OptionalLong parameters,
    Optional<Boolean> chatTemplate,
    long downloads,
    long likes,
    Sorted files,
    boolean truncated) {
  /// Bytes of what a model sees or hears through, which comes with every choice; 0 for most.
  public long projectorBytes() {
    return files.projector().map(HubFile::size).orElse(0L);
  }

  /// Who gets the files.
  public enum Access {
    OPEN,
    /// Whoever accepted the licence, at once.
    GATED,
    /// Whoever the owner lets in.
    GATED_BY_OWNER,
    PRIVATE;

    public boolean gated() {
      return this == GATED || this == GATED_BY_OWNER;
    }
  }
}
