package dev.corral.runner.engine;

/// What one slot did at the end of the last step.
///
/// @param work what it is busy with
/// @param promptTokens tokens of its prompt
/// @param promptRead how many of them lie in the cache
/// @param predicted tokens drawn so far
/// @param kept tokens in its cache, which is not empty in an idle slot either
public record SlotState(
    int id, Work work, int promptTokens, int promptRead, int predicted, int kept) {

  /// What a slot does.
  public enum Work {
    IDLE,
    PREFILL,
    DECODE,
    EMBED
  }
}
