package dev.corral.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The runners that ended last, with their logs. Belongs to the engine's owner.
final class History {
  private static final int REMEMBERED = 20;

  private final Deque<Past> past = new ArrayDeque<>();

  private record Past(Running.Ended ended, Runner runner) {}

  /// What everybody else sees.
  ///
  /// @param logs to look up by name, newest first; the lines are read when they are asked for
  record Snapshot(List<Running> running, List<Running.Ended> ended, List<Runner> logs) {
    static final Snapshot EMPTY = new Snapshot(List.of(), List.of(), List.of());

    Optional<Engine.Log> log(String name) {
      return logs.stream()
          .filter(runner -> runner.servedAs(name))
          .map(runner -> runner.process)
          .filter(Objects::nonNull)
          .findFirst()
          .map(process -> {
            RunnerLog.Tail tail = process.log().tail();
            return new Engine.Log(process.pid(), tail.from(), tail.lines());
          });
    }
  }

  void add(Running.Ended ended, Runner runner) {
    past.addFirst(new Past(ended, runner));
    if (past.size() > REMEMBERED) {
      past.removeLast();
    }
  }

  Snapshot snapshot(Collection<Runner> runners) {
    List<Runner> logs = new ArrayList<>(runners);
    past.forEach(one -> logs.add(one.runner()));
    return new Snapshot(
        runners.stream().map(Runner::snapshot).toList(),
        past.stream().map(Past::ended).toList(),
        logs);
  }
}
