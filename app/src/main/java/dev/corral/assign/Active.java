package dev.corral.assign;

import dev.corral.db.Database;
import dev.corral.db.Sql;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The active model: what answers those who name none. The configuration's `default` is its first
/// value; somebody may choose another at run time, which is in force until that line of the
/// configuration changes.
public final class Active {
  private static final String MODEL = "active.model";
  private static final String OVER = "active.over";
  private static final String SINCE = "active.since";

  private final Database database;
  private final InstantSource clock;

  private volatile String configured = "";
  private volatile @Nullable Choice chosen;

  /// What somebody chose at run time.
  ///
  /// @param over what the configuration said then
  public record Choice(String model, String over, Instant since) {}

  public Active(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// The configuration's value as it is now. A changed one ends what was chosen before.
  public synchronized void follow(String now) {
    configured = now;
    reread();
    Choice choice = chosen;
    if (choice != null && !choice.over().equals(now)) {
      boolean _ = database.inTransaction(Active::clear);
      chosen = null;
    }
  }

  /// Looks again what is chosen; another instance that shares the database may have.
  public synchronized void reread() {
    chosen = database.read(Active::stored).orElse(null);
  }

  /// The model in force; empty for none.
  public String model() {
    Choice choice = chosen;
    return choice == null ? configured : choice.model();
  }

  public String configured() {
    return configured;
  }

  public Optional<Choice> chosen() {
    return Optional.ofNullable(chosen);
  }

  /// Puts a model in force for those who name none.
  ///
  /// @param model empty for what the configuration says
  public synchronized void use(String model) {
    Choice choice = new Choice(model, configured, Instant.ofEpochMilli(clock.millis()));
    boolean _ =
        database.inTransaction(sql -> {
          boolean _ = clear(sql);
          if (!model.isEmpty()) {
            put(sql, MODEL, choice.model());
            put(sql, OVER, choice.over());
            put(sql, SINCE, String.valueOf(choice.since().toEpochMilli()));
          }
          return true;
        });
    chosen = model.isEmpty() ? null : choice;
  }

  private static boolean clear(Sql sql) {
    return sql.update("delete from setting where name in (?, ?, ?)", MODEL, OVER, SINCE) > 0;
  }

  private static void put(Sql sql, String name, String value) {
    int _ = sql.update("insert into setting (name, value) values (?, ?)", name, value);
  }

  private static Optional<Choice> stored(Sql sql) {
    Optional<String> model = value(sql, MODEL);
    long since =
        value(sql, SINCE).filter(text -> text.matches("\\d{1,15}")).map(Long::parseLong).orElse(0L);
    return model.map(
        name -> new Choice(name, value(sql, OVER).orElse(""), Instant.ofEpochMilli(since)));
  }

  private static Optional<String> value(Sql sql, String name) {
    return sql.find(row -> row.text("value"), "select value from setting where name = ?", name);
  }
}
