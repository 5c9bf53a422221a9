package dev.corral.control;

import dev.corral.db.Database;
import dev.corral.db.Row;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.Named;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/// The backends that somebody added at run time, and which ones get nothing new; both are kept over
/// a restart. Backends of the configuration are not in here; the wiring puts both together.
public final class Backends {
  /// How [Named#source] calls them.
  public static final String ADDED = "added";

  /// Before the name of a backend that drains, in the table of settings.
  private static final String DRAINING = "backend.draining.";

  private final Database database;
  private final InstantSource clock;

  public Backends(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// In the order in which they were added.
  ///
  /// @throws dev.corral.db.DatabaseFailure where the database cannot
  public List<Named> all() {
    return database.read(sql ->
        sql.query(
            Backends::named,
            "select name, url, kind, bearer from backend order by added_at, name"));
  }

  /// @throws dev.corral.db.DatabaseFailure where the database cannot, or the name is taken
  void add(BackendSettings settings) {
    int _ =
        database.inTransaction(sql ->
            sql.update(
                "insert into backend (name, url, kind, bearer, added_at)"
                    + " values (?, ?, ?, ?, ?)",
                settings.name(),
                settings.url(),
                settings.kind(),
                settings.key(),
                clock.millis()));
  }

  /// @return false where none of that name was added
  boolean remove(String name) {
    return database.inTransaction(sql -> {
      int _ = sql.update("delete from setting where name = ?", DRAINING + name);
      return sql.update("delete from backend where name = ?", name) > 0;
    });
  }

  /// Names of the backends that get nothing new, added or configured.
  ///
  /// @throws dev.corral.db.DatabaseFailure where the database cannot
  public Set<String> draining() {
    return Set.copyOf(
        database.read(sql ->
            sql.query(
                row -> row.text("name").substring(DRAINING.length()),
                "select name from setting where name like ?",
                DRAINING + "%")));
  }

  /// @throws dev.corral.db.DatabaseFailure where the database cannot
  void drain(String name, boolean on) {
    int _ =
        database.inTransaction(sql ->
            on
                ? sql.update(
                    "insert into setting (name, value) values (?, 'yes')"
                        + " on conflict (name) do nothing",
                    DRAINING + name)
                : sql.update("delete from setting where name = ?", DRAINING + name));
  }

  private static Named named(Row row) {
    return new Named(
        new BackendSettings(
            row.text("name"),
            row.text("url"),
            row.text("kind"),
            row.text("bearer"),
            BackendSettings.defaults().weight(),
            List.of()),
        ADDED);
  }
}
