package dev.corral.testkit;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What goes wrong on which requests, and how often yet; the first rule that fits wins.
///
/// @param <T> a [Fault] of any server, or a [Mischief] of a registry
final class Strikes<T> {
  private record Rule<T>(T trick, Where where, AtomicInteger left) {}

  private final List<Rule<T>> rules = new CopyOnWriteArrayList<>();

  void add(T trick, Where where) {
    rules.add(new Rule<>(trick, where, new AtomicInteger(where.times())));
  }

  void clear() {
    rules.clear();
  }

  /// What strikes this request, which uses it up once; null: nothing.
  @Nullable T on(Received request) {
    for (Rule<T> rule : rules) {
      if (rule.where().matches(request) && rule.left().getAndUpdate(Strikes::fewer) > 0) {
        return rule.trick();
      }
    }
    return null;
  }

  /// Whether it may strike, or did since it was all [taken back][#clear()].
  boolean has(T trick) {
    return rules.stream().anyMatch(rule -> rule.trick().equals(trick));
  }

  private static int fewer(int left) {
    return left == Where.ALWAYS ? left : Math.max(0, left - 1);
  }
}
