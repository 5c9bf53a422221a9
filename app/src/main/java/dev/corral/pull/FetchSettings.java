package dev.corral.pull;

import java.time.Duration;

/// How blobs are fetched.
///
/// @param connections at once for one blob: registries bound the rate of each
/// @param leastPiece bytes of a request, where the blob is small
/// @param mostPiece bytes of a request, however large the blob is
/// @param noteEvery how often the progress is written to disk: what a kill may cost
/// @param firstWait after a failure; doubled each time
/// @param longestWait between two tries
/// @param manifestTries for a registry that is away when a job begins
/// @param giveUp without a single byte; then the job fails, and can be asked for again
/// @param floor bytes a second on one connection; one that stays below for `floorTime` is dropped
/// @param look how often a job that waits for the window or for room is looked at
record FetchSettings(
    int connections,
    long leastPiece,
    long mostPiece,
    Duration noteEvery,
    Duration firstWait,
    Duration longestWait,
    int manifestTries,
    Duration giveUp,
    long floor,
    Duration floorTime,
    Duration look) {
  private static final long MEBI = 1 << 20;

  static final FetchSettings USUAL =
      new FetchSettings(
          8,
          8 * MEBI,
          64 * MEBI,
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          3,
          Duration.ofMinutes(10),
          1024,
          Duration.ofSeconds(60),
          Duration.ofSeconds(2));

  /// Pieces are large enough that asking for them costs nothing, and small enough that all
  /// connections have work until the end.
  long piece(long size) {
    long share = size / (connections * 4L);
    return Math.clamp(share, leastPiece, mostPiece);
  }
}
