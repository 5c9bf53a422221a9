package dev.corral.runner.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One token of an answer.
///
/// @param id the token
/// @param text what became certain with it: whole characters only, and nothing that may still turn
///   out to be the beginning of a stop text; often empty for one token and longer for the next
/// @param ends whether this token ends the generation (it is counted, and has no text)
/// @param chance its log probability before sampling and its rivals, where they were asked for
public record Piece(int id, String text, boolean ends, @Nullable Chance chance) {

  /// @param logprob natural logarithm of the token's share of all logits, before sampling
  /// @param top the most probable tokens, best first; as many as were asked for
  public record Chance(double logprob, List<Rival> top) {}

  /// One of the most probable tokens. Its text is [Engine#pieces].
  public record Rival(int id, double logprob) {}
}
