package dev.corral.engine;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One runner as it was when the snapshot was taken.
///
/// @param name the name that it was loaded for
/// @param digest of that name's manifest
/// @param sizeBytes what it needs in all, estimated
/// @param vramBytes the part of it on GPUs
/// @param contextLength tokens for each request
/// @param expiresAt when it is unloaded if nobody asks; null for never, and while it is in use
/// @param leases requests that use it now
/// @param waiting requests that wait for it
/// @param pid 0 before it has one
public record Running(
    String name,
    String digest,
    State state,
    long sizeBytes,
    long vramBytes,
    int contextLength,
    @Nullable Instant expiresAt,
    int leases,
    int waiting,
    long pid,
    Instant since) {
  /// The life of a runner.
  public enum State {
    LOADING,
    READY,
    /// Finishes what it has, takes nothing new.
    DRAINING,
    /// Told to end; its memory is not free before it has.
    STOPPING;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A runner that is no more.
  ///
  /// @param why one sentence
  /// @param expected false for a crash, a refusal or a hang
  /// @param log its last lines
  public record Ended(String name, Instant at, String why, boolean expected, List<String> log) {
    public Ended {
      log = List.copyOf(log);
    }
  }
}
