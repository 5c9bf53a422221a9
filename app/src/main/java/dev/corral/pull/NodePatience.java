package dev.corral.pull;

import java.time.Duration;

/// How long a node is waited for, and how often it is asked again.
///
/// @param registry for our own question to the registry, before the node is asked and once more
///   when it is done
/// @param stall without a further byte while blobs come; then the pull is issued again. Just below
///   the 31 s after which Ollama itself begins anew, from an older place than where our leaving
///   makes it save (reference/ollama-live.md items 12 and 16)
/// @param manifest without an event before the first blob
/// @param verify silence that a verification may take, beside a second for each `verifyBytes`
/// @param verifyBytes a second that the slowest disk hashes; Ollama says nothing meanwhile (item
///   15)
/// @param load for bringing the model into memory once
/// @param look how often the clock is looked at
/// @param firstWait before the pull is issued again; doubled each time that nothing came. Ollama
///   needs 0.3 s to end what nobody listens to (item 12)
/// @param longestWait between two tries
/// @param giveUp without a single byte; then the job fails, and can be asked for again
/// @param firstTries for a node or registry that does not answer when a job begins
/// @param mostCures for what the node holds wrongly
record NodePatience(
    Duration registry,
    Duration stall,
    Duration manifest,
    Duration verify,
    long verifyBytes,
    Duration load,
    Duration look,
    Duration firstWait,
    Duration longestWait,
    Duration giveUp,
    int firstTries,
    int mostCures) {
  static final NodePatience USUAL =
      new NodePatience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(30),
          Duration.ofSeconds(90),
          Duration.ofMinutes(2),
          20 << 20,
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofMinutes(10),
          3,
          3);

  /// How long the node may be silent while it hashes so many bytes.
  Duration verifying(long bytes) {
    return verify.plusSeconds(bytes / verifyBytes);
  }

  /// The wait before try number `tries`, counted from 1.
  Duration wait(int tries) {
    Duration doubled = firstWait.multipliedBy(1L << Math.min(tries - 1, 10));
    return doubled.compareTo(longestWait) > 0 ? longestWait : doubled;
  }
}
