package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Our own engine, in `GET /manage/status`.
///
/// @param able models can be run here
/// @param runner with what: `own runner, cpu` or `llama-server`; empty where they cannot
/// @param why how to get it where models cannot be run; a note, or empty, where they can
/// @param runners what is in memory, oldest first
/// @param ended the runners that ended last, newest first
public record EngineView(
    boolean able, String runner, String why, List<Runner> runners, List<Ended> ended) {
  /// @param state `loading`, `ready`, `draining` or `stopping`
  /// @param sizeBytes what it needs in all, estimated
  /// @param residentBytes what its process takes of the host now
  /// @param expiresAt when it is unloaded if nobody asks; null for never, and while it is in use
  /// @param inUse requests that use it
  /// @param waiting requests that wait for it
  public record Runner(
      String name,
      String digest,
      String state,
      long sizeBytes,
      long vramBytes,
      long residentBytes,
      int contextLength,
      @Nullable Instant expiresAt,
      int inUse,
      int waiting,
      long pid,
      Instant since) {}

  /// @param why one sentence
  /// @param expected false for a crash, a refusal or a hang
  public record Ended(String name, Instant at, String why, boolean expected) {}

  public EngineView {
    runners = List.copyOf(runners);
    ended = List.copyOf(ended);
  }
}
