package dev.corral;

import dev.corral.api.SettingView;
import dev.corral.config.Loaded;
import dev.corral.control.Parts;
import dev.corral.db.Database;
import dev.corral.db.DatabaseFailure;
import dev.corral.dialect.Words;
import dev.corral.fleet.Fleet;
import dev.corral.gateway.Gateway;
import dev.corral.journal.Journal;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import dev.corral.metric.Gauges;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

/// What the pages of status and `/metrics` tell of the whole program.
///
/// @param notes lines of the start for the operator
record Status(
    Supplier<Loaded.Valid<Settings>> config,
    Fleet fleet,
    Gateway gateway,
    Turnstile turnstile,
    Budget bodies,
    Journal journal,
    Database database,
    Supplier<String> url,
    List<String> notes,
    Clock clock,
    Instant startedAt) {

  List<SettingView> settings() {
    return config.get().entries().stream()
        .map(entry -> new SettingView(entry.key(), entry.value(), entry.source()))
        .toList();
  }

  Parts.Facts facts() {
    String ollama = fleet.snapshot().oldestOllama().orElse(Words.OLLAMA_VERSION);
    return new Parts.Facts(Version.OURS, ollama, startedAt, url.get(), config.get().file(), notes);
  }

  Gauges gauges() {
    return new Gauges(
        Version.OURS,
        Duration.between(startedAt, clock.instant()),
        gateway.open(),
        turnstile.waiting(),
        bodies.held(),
        journal.lost());
  }

  List<String> unready() {
    try {
      int _ = database.read(sql -> sql.query(row -> 1, "select 1")).size();
      return List.of();
    } catch (DatabaseFailure e) {
      return List.of("The database does not answer. Look at: corral logs");
    }
  }
}
