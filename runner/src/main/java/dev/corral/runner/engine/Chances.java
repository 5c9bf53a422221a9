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

  /// @param logits of the whole vocabulary
  /// @param rivals how many of the most probable tokens to name
  static Piece.Chance of(MemorySegment logits, int token, int rivals) {
    long count = logits.byteSize() / Float.BYTES;
    float highest = Float.NEGATIVE_INFINITY;
    for (long i = 0; i < count; i++) {
      highest = Math.max(highest, logits.getAtIndex(JAVA_FLOAT, i));
    }
    double sum = 0;
    for (long i = 0; i < count; i++) {
      sum += Math.exp(logits.getAtIndex(JAVA_FLOAT, i) - highest);
    }
    double all = highest + Math.log(sum);
    var top = new ArrayList<Piece.Rival>();
    for (int id : best(logits, count, rivals)) {
      top.add(new Piece.Rival(id, logits.getAtIndex(JAVA_FLOAT, id) - all));
    }
    return new Piece.Chance(logits.getAtIndex(JAVA_FLOAT, token) - all, top);
  }

  /// The tokens with the highest logits, best first; among equals the one with the lower id.
  private static int[] best(MemorySegment logits, long count, int rivals) {
    var worstFirst =
        Comparator.<Integer>comparingDouble(id -> logits.getAtIndex(JAVA_FLOAT, id))
            .thenComparing(Comparator.reverseOrder());
    var best = new PriorityQueue<Integer>(worstFirst);
    for (int id = 0; rivals > 0 && id < count; id++) {
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
