package dev.corral.runner.engine;

import dev.corral.runner.llama.Context;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is particular to vectors: as many texts in one step as fit, and nothing of them is kept.
final class Embedding {

  private record Fed(Slot slot, EmbedInput input, int first, int count) {}

  private final Loaded loaded;
  private final Context context;
  private final Cells cells;
  private final boolean several;
  private final Pooling pooling;

  /// @param unified with a cache of its own for each slot llama.cpp splits a step by position,
  ///   which tears texts of different lengths apart; then each has a step of its own
  Embedding(Loaded loaded, Cells cells, boolean unified) {
    this.loaded = loaded;
    this.context = loaded.context();
    this.cells = cells;
    this.several = unified || !context.remembers();
    this.pooling = loaded.facts().pooling();
  }

  /// Why a text can never be computed; null when it can.
  @Nullable TaskFailed hopeless(EmbedInput input) {
    int length = input.tokens.size();
    if (pooling == Pooling.RANK) {
      return TaskFailed.of(
          TaskFailed.Kind.UNSUPPORTED, "This model ranks texts and has no vectors for them.");
    }
    if (length == 0) {
      return TaskFailed.of(TaskFailed.Kind.INVALID, "One of the texts is empty.");
    }
    int limit = divisible() ? cells.limit() : Math.min(cells.limit(), context.microBatch());
    if (length > limit) {
      return new TaskFailed(
          TaskFailed.Kind.EXCEEDS_CONTEXT,
          "input (%d tokens) is larger than the max context size (%d tokens)"
              .formatted(length, limit),
          length,
          limit);
    }
    return null;
  }

  /// Whether a text may be computed in parts.
  private boolean divisible() {
    return context.remembers() && (pooling == Pooling.LAST || pooling == Pooling.NONE);
  }

  /// Computes a step for the slots that have texts. Those that are through.
  List<Slot> step(List<Slot> slots) {
    var batch = loaded.batch();
    batch.clear();
    var fed = new ArrayList<Fed>();
    slots.stream()
        .filter(slot -> slot.job instanceof EmbedInput)
        .sorted(Comparator.comparingLong(slot -> slot.job == null ? 0 : slot.job.admitted))
        .forEach(slot -> {
          if (slot.job instanceof EmbedInput input && (several || fed.isEmpty())) {
            feed(slot, input, fed);
          }
        });
    if (fed.isEmpty()) {
      return List.of();
    }
    context.wantVectors(true);
    var how = context.decode(batch);
    context.synchronize();
    context.wantVectors(false);
    return how == Context.Step.DONE ? computed(fed) : failed(fed);
  }

  private void feed(Slot slot, EmbedInput input, List<Fed> fed) {
    var batch = loaded.batch();
    int room = Math.min(batch.free(), context.microBatch() - batch.size());
    int count = divisible() ? Math.min(slot.pending(), room) : slot.pending();
    if (count > room || count <= 0) {
      return;
    }
    int from = slot.cache.size();
    int first = batch.size();
    for (int at = from; at < from + count; at++) {
      batch.add(input.tokens.get(at), at, slot.id, true);
    }
    fed.add(new Fed(slot, input, first, count));
  }

  private List<Slot> computed(List<Fed> fed) {
    var through = new ArrayList<Slot>();
    for (var one : fed) {
      for (int i = 0; i < one.count; i++) {
        one.slot.cache.add(one.input.tokens.get(one.slot.cache.size()));
        if (pooling == Pooling.NONE) {
          one.input.rows.add(context.vectorOfToken(one.first + i));
        }
      }
      if (one.slot.pending() == 0) {
        if (pooling != Pooling.NONE) {
          one.input.rows.add(context.vectorOfSequence(one.slot.id));
        }
        cells.forget(one.slot);
        through.add(one.slot);
      }
    }
    return through;
  }

  private List<Slot> failed(List<Fed> fed) {
    for (var one : fed) {
      cells.forget(one.slot);
      one.input.rows.clear();
    }
    return fed.stream().map(Fed::slot).toList();
  }

  /// Tells a text's vectors, or that there are none.
  void end(EmbedInput input) {
    if (input.rows.isEmpty()) {
      input.fail(
          TaskFailed.of(
              TaskFailed.Kind.BROKEN, "The engine failed while it computed the vectors."));
    } else {
      input.end();
    }
  }
}
