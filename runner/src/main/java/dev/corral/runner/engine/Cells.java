package dev.corral.runner.engine;

import dev.corral.runner.llama.Context;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The cache of keys and values: which slot holds which tokens of it, what is promised to whom, and
/// how parts of it go. What llama.cpp's memory holds and what the slots say it holds are changed
/// here together.
final class Cells {

  private final Context context;
  private final List<Slot> slots;
  private final boolean unified;
  private final int window;
  private final boolean canMove;

  /// @param window tokens that the model's attention looks back on; 0: all
  Cells(Context context, List<Slot> slots, boolean unified, int window) {
    this.context = context;
    this.slots = slots;
    this.unified = unified;
    this.window = window;
    this.canMove = context.canMove();
  }

  /// Tokens that one job may have at most.
  int limit() {
    return context.lengthOfSequence();
  }

  /// Makes room for what a job may need, of what idle slots remember. False when others that are
  /// busy need too much of it; then nothing was forgotten.
  boolean makeRoom(Job job, Slot chosen) {
    if (!unified || !context.remembers()) {
      return true;
    }
    int promised = 0;
    boolean anybody = false;
    for (var slot : slots) {
      if (slot.job != null) {
        promised += need(slot.job);
        anybody = true;
      }
    }
    int need = need(job);
    if (anybody && promised + need > context.length()) {
      return false;
    }
    while (promised + need + remembered(chosen) > context.length() && forgetOldest(chosen)) {
      // The loop's condition counts again.
    }
    return true;
  }

  private int need(Job job) {
    return Math.min(limit(), job.tokens.size() + job.mayGrowBy());
  }

  private int remembered(Slot but) {
    return slots.stream()
        .filter(slot -> slot.job == null && slot != but)
        .mapToInt(slot -> slot.cache.size())
        .sum();
  }

  private boolean forgetOldest(Slot but) {
    return oldestIdle(but).map(this::forget).orElse(false);
  }

  /// Forgets what the idle slot that was used longest ago remembers. False when none remembers
  /// anything.
  boolean forgetOldest() {
    return oldestIdle(null).map(this::forget).orElse(false);
  }

  private Optional<Slot> oldestIdle(@Nullable Slot but) {
    return slots.stream()
        .filter(slot -> slot.job == null && slot != but && slot.cache.size() > 0)
        .min(Comparator.comparingLong(slot -> slot.lastUsed));
  }

  /// Forgets all of a slot. A whole sequence always goes.
  boolean forget(Slot slot) {
    context.remove(slot.id, -1, -1);
    slot.cache.cut(0);
    return true;
  }

  /// Keeps the first tokens of a slot and forgets the others; forgets all where the architecture
  /// cannot do that, or has lost what the next token looks back on.
  ///
  /// @return how many tokens are left
  int keep(Slot slot, int length) {
    if (length == slot.cache.size()) {
      return length;
    }
    if (length == 0 || !context.remove(slot.id, length, -1) || !reachesBack(slot, length)) {
      forget(slot);
      return 0;
    }
    slot.cache.cut(length);
    return length;
  }

  /// A windowed attention forgets what it has passed; what lies in the window of the next token
  /// must still be there.
  private boolean reachesBack(Slot slot, int length) {
    if (window == 0) {
      return true;
    }
    int first = context.firstPosition(slot.id);
    return first >= 0 && (first == 0 || first < length - window);
  }

  /// Drops the older half of what follows the first `keep` tokens. False when that is impossible,
  /// and nothing changed.
  boolean shift(Slot slot, Generation generation, int keep) {
    int dropped = (slot.cache.size() - keep) / 2;
    if (!canMove || dropped <= 0) {
      return false;
    }
    int end = slot.cache.size();
    generation.tokens.remove(keep, keep + dropped);
    if (context.remove(slot.id, keep, keep + dropped)) {
      context.move(slot.id, keep + dropped, end, -dropped);
      slot.cache.remove(keep, keep + dropped);
    } else {
      forget(slot);
    }
    return true;
  }
}
