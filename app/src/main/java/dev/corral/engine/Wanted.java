package dev.corral.engine;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// One set of weights, adapters and options that somebody asked for: its queue, what is known of
/// its files, and its runner where it has one. Belongs to the engine's owner.
final class Wanted {
  final Key key;
  final Deque<Waiter> queue = new ArrayDeque<>();

  /// When runners of it ended unasked, lately.
  final Deque<Instant> crashes = new ArrayDeque<>();

  /// Its last crash in words.
  String crash = "";

  boolean inspecting;
  @Nullable Plan plan;

  /// When the plan came; its GPUs were asked before, which may have taken long.
  Instant plannedAt = Instant.MIN;

  @Nullable Runner runner;

  Wanted(Key key) {
    this.key = key;
  }

  /// Nothing of it is worth remembering.
  boolean done() {
    return queue.isEmpty() && runner == null && !inspecting && crashes.isEmpty();
  }
}
