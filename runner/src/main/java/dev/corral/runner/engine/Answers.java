package dev.corral.runner.engine;

import dev.corral.runner.llama.Vocabulary;
import org.jspecify.annotations.Nullable;

/// What is particular to answers: how one begins, what follows from each token, when it is over.
final class Answers {

  /// llama-server leaves at least so many tokens to the part that shifts.
  private static final int LEAST_TO_SHIFT = 4;

  private final Loaded loaded;
  private final Cells cells;
  private final Vocabulary vocabulary;

  Answers(Loaded loaded, Cells cells) {
    this.loaded = loaded;
    this.cells = cells;
    this.vocabulary = loaded.model().vocabulary();
  }

  /// Why it can never be written; null when it can.
  @Nullable TaskFailed hopeless(Generation generation) {
    int length = generation.promptLength;
    if (!loaded.context().remembers()) {
      return TaskFailed.of(
          TaskFailed.Kind.UNSUPPORTED,
          "This model turns texts into vectors and cannot write an answer.");
    }
    if (length == 0) {
      return TaskFailed.of(
          TaskFailed.Kind.INVALID, "The prompt is empty; there is nothing to continue.");
    }
    if (length >= cells.limit()) {
      // llama-server's own words, which Ollama's clients know.
      return new TaskFailed(
          TaskFailed.Kind.EXCEEDS_CONTEXT,
          "request (%d tokens) exceeds the available context size (%d tokens), try increasing it"
              .formatted(length, cells.limit()),
          length,
          cells.limit());
    }
    return unknownToken(generation.tokens);
  }

  /// A token that is none: llama.cpp would fail the whole batch for it.
  @Nullable TaskFailed unknownToken(Tokens tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      int token = tokens.get(i);
      if (token < 0 || token >= vocabulary.size()) {
        return TaskFailed.of(
            TaskFailed.Kind.INVALID,
            "There is no token %d; the model's last one is %d."
                .formatted(token, vocabulary.size() - 1));
      }
    }
    return null;
  }

  /// Prepares a slot for an answer, also for one that was put off. Why it cannot begin; null when
  /// it can.
  @Nullable TaskFailed begin(Generation generation, Slot slot) {
    if (generation.draw == null) {
      try {
        var sampling = generation.task.sampling();
        var draw =
            Draw.of(
                loaded.natives(),
                vocabulary,
                sampling,
                generation.task.grammar(),
                cells.limit(),
                loaded.candidates());
        draw.rememberPrompt(generation.tokens);
        generation.draw = draw;
      } catch (Draw.Impossible e) {
        return TaskFailed.of(TaskFailed.Kind.INVALID, String.valueOf(e.getMessage()));
      }
      generation.cached = cells.keep(slot, slot.reusable(generation));
    } else {
      cells.keep(slot, slot.reusable(generation));
    }
    return null;
  }

  /// Draws the token after the last one and tells it. The reason for the end, or null when the
  /// answer goes on.
  Ended.@Nullable Reason draw(Generation generation, int index) {
    var draw = generation.draw;
    if (draw == null) {
      return Ended.Reason.LIMIT;
    }
    int token = draw.next(loaded.context(), index);
    if (token == Draw.NONE) {
      return Ended.Reason.EOS;
    }
    generation.predicted++;
    generation.lastToken = System.nanoTime();
    if (generation.firstToken == 0) {
      generation.firstToken = generation.lastToken;
    }
    int rivals = generation.task.probs();
    var chance = rivals < 0 ? null : Chances.of(loaded.context().logits(index), token, rivals);
    if (vocabulary.ends(token)) {
      generation.listener.onToken(new Piece(token, "", true, chance));
      return Ended.Reason.EOS;
    }
    generation.tokens.add(token);
    var text = generation.text.add(vocabulary.piece(token, generation.task.specials()));
    generation.listener.onToken(new Piece(token, text, false, chance));
    return after(generation);
  }

  private Ended.@Nullable Reason after(Generation generation) {
    var task = generation.task;
    if (generation.text.found() != null) {
      return Ended.Reason.WORD;
    }
    if (task.maxTokens() >= 0 && generation.predicted >= task.maxTokens()) {
      return Ended.Reason.LIMIT;
    }
    if (generation.tokens.size() >= cells.limit() && !task.shift()) {
      // llama-server calls an answer that met the context's end truncated too.
      generation.truncated = true;
      return Ended.Reason.LIMIT;
    }
    return null;
  }

  /// Makes room in a context that is full. False when the answer must end there.
  boolean shift(Slot slot, Generation generation) {
    int keep = generation.task.keep() < 0 ? generation.promptLength : generation.task.keep();
    if (vocabulary.addsBos()) {
      keep++;
    }
    generation.truncated = true;
    return generation.task.shift()
        && cells.shift(slot, generation, Math.min(keep, cells.limit() - LEAST_TO_SHIFT));
  }

  /// Frees what a job holds besides its slot.
  void close(Job job) {
    if (job instanceof Generation generation && generation.draw != null) {
      generation.draw.close();
      generation.draw = null;
    }
  }
}
