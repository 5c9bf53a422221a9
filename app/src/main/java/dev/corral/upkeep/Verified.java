package dev.corral.upkeep;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How far a verification is, and what it found.
///
/// @param stage `waiting`, `running` or `done`
/// @param parts what is, or was, not right
/// @param problem why it could not be done; empty where it could
public record Verified(
    ModelName name,
    String stage,
    long bytesDone,
    long bytesTotal,
    List<Part> parts,
    String problem,
    Instant startedAt,
    Optional<Instant> endedAt) {
  /// What a part of a model turned out to be.
  public enum State {
    DAMAGED,
    MISSING,
    UNREADABLE,
    REPAIRED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A blob that is not right, or was not.
  ///
  /// @param fetched bytes that its repair took from the registry
  /// @param problem why it could not be repaired; empty where nobody tried
  public record Part(
      Digest digest, String mediaType, long size, State state, long fetched, String problem) {
    static Part of(Layer layer, State state, String problem) {
      return new Part(layer.digest(), layer.mediaType(), layer.size(), state, 0, problem);
    }
  }

  public Verified {
    parts = List.copyOf(parts);
  }

  static Verified waiting(ModelName name, Instant now) {
    return new Verified(name, "waiting", 0, 0, List.of(), "", now, Optional.empty());
  }

  /// True where it is over and every byte is right now.
  public boolean whole() {
    return ended()
        && problem.isEmpty()
        && parts.stream().allMatch(part -> part.state() == State.REPAIRED);
  }

  public boolean ended() {
    return endedAt.isPresent();
  }

  Verified running(long total) {
    return new Verified(name, "running", 0, total, parts, problem, startedAt, endedAt);
  }

  Verified at(long done) {
    return new Verified(
        name, stage, Math.min(done, bytesTotal), bytesTotal, parts, problem, startedAt, endedAt);
  }

  Verified with(Part part) {
    List<Part> more = new ArrayList<>(parts);
    more.add(part);
    return new Verified(name, stage, bytesDone, bytesTotal, more, problem, startedAt, endedAt);
  }

  Verified ended(Instant now) {
    return new Verified(
        name, "done", bytesTotal, bytesTotal, parts, problem, startedAt, Optional.of(now));
  }

  Verified failed(String why, Instant now) {
    return new Verified(
        name, "done", bytesDone, bytesTotal, parts, why, startedAt, Optional.of(now));
  }
}
