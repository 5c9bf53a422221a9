package dev.corral.runner.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// One text of a task that asks for vectors. The texts of a task need slots of their own and end
/// together.
final class EmbedInput extends Job {

  /// What the texts of one task share.
  static final class Together {
    private final Listener listener;
    private final List<List<float[]>> vectors;
    private int missing;
    private int tokens;
    private long firstStep = Long.MAX_VALUE;
    private boolean failed;

    Together(Listener listener, int inputs) {
      this.listener = listener;
      this.missing = inputs;
      this.vectors = new ArrayList<>(Collections.nCopies(inputs, List.of()));
    }
  }

  /// Rows so far: one for the text, or one for each token where nothing is pooled.
  final List<float[]> rows = new ArrayList<>();

  private final Together together;
  private final int index;

  EmbedInput(List<Integer> tokens, Together together, int index) {
    // No scope of anybody's: nothing of it stays in the cache.
    super(together.listener, "", Tokens.of(tokens));
    this.together = together;
    this.index = index;
  }

  @Override
  int mayGrowBy() {
    return 0;
  }

  /// Takes the rows as the text's answer, and tells the listener when it was the last text.
  void end() {
    together.vectors.set(index, List.copyOf(rows));
    together.missing--;
    together.tokens += tokens.size();
    together.firstStep = Math.min(together.firstStep, started);
    if (together.missing == 0 && !together.failed) {
      listener.onEmbeddings(
          new Embedded(
              List.copyOf(together.vectors),
              together.tokens,
              System.nanoTime() - together.firstStep));
    }
  }

  /// Fails the whole task, once.
  @Override
  void fail(TaskFailed failed) {
    if (!together.failed) {
      together.failed = true;
      listener.onFailure(failed);
    }
  }

  @Override
  boolean cancelled() {
    return together.failed || super.cancelled();
  }
}
