package dev.corral.runner.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Jobs without a slot. The scopes take turns, so that one caller's thousand requests keep
/// another's single one waiting for one turn only; within a scope the oldest is first. A job that
/// was put off goes before all others. Whoever is next stays next until there is room for it: a
/// small job never overtakes a large one for ever.
final class Waiting {

  private final ArrayDeque<Job> putOff = new ArrayDeque<>();
  private final Map<String, ArrayDeque<Job>> byScope = new LinkedHashMap<>();

  void add(Job job) {
    byScope.computeIfAbsent(job.scope, scope -> new ArrayDeque<>()).add(job);
  }

  void putOff(Job job) {
    putOff.addFirst(job);
  }

  @Nullable Job next() {
    if (!putOff.isEmpty()) {
      return putOff.peek();
    }
    var first = byScope.values().iterator();
    return first.hasNext() ? first.next().peek() : null;
  }

  /// Takes the one that [#next] told; the next scope has its turn.
  Job take() {
    if (!putOff.isEmpty()) {
      return putOff.remove();
    }
    var first = byScope.entrySet().iterator().next();
    byScope.remove(first.getKey());
    var job = first.getValue().remove();
    if (!first.getValue().isEmpty()) {
      byScope.put(first.getKey(), first.getValue());
    }
    return job;
  }

  int size() {
    return putOff.size() + byScope.values().stream().mapToInt(ArrayDeque::size).sum();
  }

  /// Takes all that fit.
  List<Job> takeIf(Predicate<Job> fits) {
    var taken = new ArrayList<Job>();
    putOff.removeIf(job -> fits.test(job) && taken.add(job));
    for (var jobs : byScope.values()) {
      jobs.removeIf(job -> fits.test(job) && taken.add(job));
    }
    byScope.values().removeIf(ArrayDeque::isEmpty);
    return taken;
  }
}
