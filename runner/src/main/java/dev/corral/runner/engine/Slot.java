package dev.corral.runner.engine;

import org.jspecify.annotations.Nullable;

/// Room for one job at a time, and what the last one left in the cache. Touched by the engine's
/// thread alone.
final class Slot {

  /// Also the number of its sequence.
  final int id;

  /// The tokens that llama.cpp's memory holds for its sequence, by position.
  final Tokens cache = new Tokens();

  /// Whose tokens they are.
  String scope = "";

  @Nullable Job job;

  /// Steps ago that it was busy, the other way round: higher is later.
  long lastUsed;

  Slot(int id) {
    this.id = id;
  }

  /// Tokens that its job wants computed.
  int pending() {
    return job == null ? 0 : job.tokens.size() - cache.size();
  }

  /// How many tokens at the start of a prompt need not be computed again. At least one always is:
  /// its logits are wanted.
  int reusable(Generation generation) {
    if (!generation.task.reuse() || !scope.equals(generation.scope)) {
      return 0;
    }
    return Math.min(cache.commonWith(generation.tokens), generation.tokens.size() - 1);
  }

  SlotState state() {
    if (job == null) {
      return new SlotState(id, SlotState.Work.IDLE, 0, 0, 0, cache.size());
    }
    return switch (job) {
      case EmbedInput input ->
          new SlotState(
              id, SlotState.Work.EMBED, input.tokens.size(), cache.size(), 0, cache.size());
      case Generation generation ->
          new SlotState(
              id,
              generation.predicted == 0 ? SlotState.Work.PREFILL : SlotState.Work.DECODE,
              generation.promptLength,
              Math.min(generation.promptLength, cache.size()),
              generation.predicted,
              cache.size());
    };
  }
}
