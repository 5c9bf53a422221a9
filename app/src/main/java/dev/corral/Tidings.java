package dev.corral;

import dev.corral.config.ConfigProblem;
import dev.corral.engine.EngineEvent;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetEvent;
import dev.corral.journal.Entry;
import dev.corral.journal.Journal;
import dev.corral.pull.Pull;
import dev.corral.pull.PullEvent;
import dev.corral.pull.PullState;
import dev.corral.upkeep.Vanishing.Vanished;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/// What the rooms tell, as lines of the journal.
final class Tidings {
  private final Journal journal;

  Tidings(Journal journal) {
    this.journal = journal;
  }

  private void info(String kind, String subject, String state, String text) {
    journal.notice(Entry.Level.INFO, kind, subject, state, text);
  }

  private void warn(String kind, String subject, String state, String text) {
    journal.notice(Entry.Level.WARN, kind, subject, state, text);
  }

  void started(String url) {
    info("server", "", "started", "listens on " + url);
  }

  void stopped() {
    info("server", "", "stopped", "stops");
  }

  /// Lines for the operator about something that goes on all the same.
  Consumer<String> noticed(String kind) {
    return line -> warn(kind, "", "noticed", line);
  }

  void kept(String line) {
    info("store", "", "kept", line);
  }

  void vanished(Vanished gone) {
    warn("alert", gone.name().shortName(), "protected-vanished", gone.sentence());
  }

  void notTaken(List<ConfigProblem> problems) {
    warn(
        "config",
        "",
        "not-taken",
        "the changed configuration was not taken; the one before stays in force: "
            + String.join("; ", problems.stream().map(ConfigProblem::text).toList()));
  }

  /// @param restart something of it waits for one
  void taken(boolean restart) {
    info(
        "config",
        "",
        "taken",
        restart
            ? "taken over; another address, port or database waits for a restart"
            : "taken over");
  }

  /// Steps that people wait for; bytes are told elsewhere.
  void pulled(PullEvent event) {
    Pull pull = event.pull();
    boolean rests = pull.state().ended() || pull.state() == PullState.PAUSED;
    if (event instanceof PullEvent.Moved && (rests || pull.state() == PullState.QUEUED)) {
      journal.notice(
          pull.state() == PullState.FAILED ? Entry.Level.WARN : Entry.Level.INFO,
          "pull",
          pull.model().shortName(),
          pull.state().word(),
          pull.problem().sentence());
    }
  }

  void backend(FleetEvent event) {
    journal.notice(
        event.after() == Backend.State.UP ? Entry.Level.INFO : Entry.Level.WARN,
        "backend",
        event.backend(),
        event.after().word(),
        event.why());
  }

  void runner(EngineEvent event) {
    switch (event) {
      case EngineEvent.Loaded(String name, Duration took) ->
          info("runner", name, "loaded", "ready in " + took.toMillis() + " ms");
      case EngineEvent.Unloaded(String name, String why) -> info("runner", name, "unloaded", why);
      case EngineEvent.Failed(String name, String why) -> warn("runner", name, "failed", why);
    }
  }
}
