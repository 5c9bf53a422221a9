package dev.corral;

import dev.corral.api.EngineView;
import dev.corral.api.RunnerLog;
import dev.corral.engine.Engine;
import dev.corral.engine.Running;
import dev.corral.hardware.ProcessMemory;
import java.util.Optional;

/// The engine, as `/manage` tells it.
final class EngineViews {
  private EngineViews() {}

  static EngineView of(Engine engine) {
    Engine.Ability ability = engine.ability();
    return new EngineView(
        ability.able(),
        ability.runner(),
        ability.why(),
        engine.running().stream().map(EngineViews::runner).toList(),
        engine.ended().stream()
            .map(end -> new EngineView.Ended(end.name(), end.at(), end.why(), end.expected()))
            .toList());
  }

  private static EngineView.Runner runner(Running running) {
    return new EngineView.Runner(
        running.name(),
        running.digest(),
        running.state().word(),
        running.sizeBytes(),
        running.vramBytes(),
        running.pid() == 0 ? 0 : ProcessMemory.of(running.pid()).residentBytes(),
        running.contextLength(),
        running.expiresAt(),
        running.leases(),
        running.waiting(),
        running.pid(),
        running.since());
  }

  static Optional<RunnerLog> log(Engine engine, String name) {
    return engine.log(name).map(log -> new RunnerLog(name, log.pid(), log.from(), log.lines()));
  }
}
