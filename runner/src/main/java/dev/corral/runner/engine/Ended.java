package dev.corral.runner.engine;

import org.jspecify.annotations.Nullable;

/// How an answer ended.
///
/// @param tail text that was held back and turned out to belong to the answer; mostly empty
/// @param stoppingWord the stop text that was met, with [Reason#WORD]
/// @param truncated whether older tokens were dropped on the way (context shift)
public record Ended(
    Reason reason,
    String tail,
    @Nullable String stoppingWord,
    boolean truncated,
    Counts counts,
    Timings timings) {

  /// Why there is no further token.
  public enum Reason {
    /// The model wrote a token that ends a generation.
    EOS,
    /// A stop text was met.
    WORD,
    /// As many tokens as were allowed, or the context is full.
    LIMIT
  }

  /// @param prompt tokens of the prompt
  /// @param cached how many of them were found in the cache
  /// @param predicted tokens drawn, the one that ended the generation among them
  /// @param kept tokens that lie in the slot's cache now
  public record Counts(int prompt, int cached, int predicted, int kept) {}

  /// Nanoseconds. Reading the prompt (from the first step to the first token), writing the answer
  /// (from the first token to the last), and waiting for a slot.
  public record Timings(long waitNanos, long promptNanos, long predictedNanos) {}
}
