package dev.corral.runner.engine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.PriorityQueue;

/// How probable a token and its rivals were: a softmax over all logits, before any sampler touched
/// them, as llama-server tells it.
final class Chances {

  private Chances() {}

  /// @param all the logits of the whole vocabulary
  /// @param rivals how many of the most probable tokens to name
  static Piece.Chance of(MemorySegment all, int token, int rivals) {
    float[] logits = all.toArray(JAVA_FLOAT);
    float highest = Float.NEGATIVE_INFINITY;
    for (float logit : logits) {
      highest = Math.max(highest, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - highest);
    }
    double whole = highest + Math.log(sum);
    var top = new ArrayList<Piece.Rival>();
    for (int id : best(logits, rivals)) {
      top.add(new Piece.Rival(id, logits[id] - whole));
    }
    return new Piece.Chance(logits[token] - whole, top);
  }

  /// The tokens with the highest logits, best first; among equals the one with the lower id.
  private static int[] best(float[] logits, int rivals) {
    var worstFirst =
        Comparator.<Integer>comparingDouble(id -> logits[id])
            .thenComparing(Comparator.reverseOrder());
    var best = new PriorityQueue<Integer>(worstFirst);
    for (int id = 0; rivals > 0 && id < logits.length; id++) {
      if (best.size() < rivals) {
        best.add(id);
      } else if (worstFirst.compare(id, best.element()) > 0) {
        best.remove();
        best.add(id);
      }
    }
    var ids = new int[best.size()];
    for (int i = ids.length - 1; i >= 0; i--) {
      ids[i] = best.remove();
    }
    return ids;
  }
}
