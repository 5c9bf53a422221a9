package dev.corral.pull;

import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a job looks like at one moment.
///
/// @param target where the model goes: the name of a backend
/// @param bytesDone of all blobs; never falls
/// @param bytesTotal 0 until the manifest is known
/// @param bytesPerSecond over the last seconds; 0 where nothing comes
/// @param etaSeconds null until it can be guessed
/// @param etaSecondsMost where it goes on as slowly as it went at times; the same once it goes
///   evenly
/// @param attempt how often it was started, 1 at first
/// @param startedAt when it was asked for
/// @param endedAt null while it is not over
/// @param problem what went wrong
/// @param askedBy who asked first: a key's name, or how it was asked
/// @param wanted somebody waits for it, though it was prefetched at first
/// @param hurried somebody has told it to go on, whatever the window says
/// @param blobs in the order in which they are fetched; empty until the manifest is known
public record Pull(
    String id,
    ModelName model,
    String target,
    PullState state,
    long bytesDone,
    long bytesTotal,
    long bytesPerSecond,
    @Nullable Long etaSeconds,
    @Nullable Long etaSecondsMost,
    int attempt,
    Instant startedAt,
    @Nullable Instant endedAt,
    Problem problem,
    String askedBy,
    boolean wanted,
    boolean hurried,
    List<Blob> blobs) {
  /// One blob of it.
  public record Blob(Digest digest, long done, long total) {}

  /// Kinds of failure that the outside tells apart.
  public enum Cause {
    /// There is no such model.
    MISSING,
    /// A registry gives it to nobody, or to others; or a rule of ours keeps from asking.
    DENIED,
    /// The disk to which it goes has no room for it.
    NO_ROOM,
    OTHER;

    /// As the outside writes it; empty for what it does not tell apart.
    public String word() {
      return this == OTHER ? "" : name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Cause ofWord(String word) {
      return word.isEmpty() ? OTHER : valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }

  /// Why it failed.
  ///
  /// @param cause what kind of failure it is
  /// @param text what and why; empty where nothing is wrong
  /// @param next what to do
  public record Problem(Cause cause, String text, String next) {
    public static final Problem NONE = new Problem(Cause.OTHER, "", "");

    public String sentence() {
      return next.isEmpty() ? text : text + ". " + next;
    }
  }

  public Pull {
    blobs = List.copyOf(blobs);
  }

  /// Of 100, with one digit behind the point; 100 only at the very end.
  public double percent() {
    if (state == PullState.DONE) {
      return 100;
    }
    return bytesTotal == 0 ? 0 : Math.min(99.9, Math.floor(1000.0 * bytesDone / bytesTotal) / 10);
  }
}
