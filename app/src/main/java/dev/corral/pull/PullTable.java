package dev.corral.pull;

import dev.corral.db.Database;
import dev.corral.db.Row;
import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Jobs in the database. Several instances may share one; each sees those of its own store.
final class PullTable {
  /// Jobs that are over are kept for a while, to be looked at.
  static final int KEPT = 200;

  /// As wide as the columns; a name of Ollama's has less, a sentence of ours mostly too.
  private static final int LONGEST_TEXT = 2000;

  private final Database database;
  private final String store;

  PullTable(Database database, String store) {
    this.database = database;
    this.store = store;
  }

  /// Those that were asked for first come first.
  List<Pull> all() {
    return database.read(sql ->
        sql
            .query(
                PullTable::pull,
                "select id, model, target, state, asked_by, attempt, bytes_done, bytes_total,"
                    + " started_at, ended_at, cause, error, next, wanted, hurried from pull"
                    + " where store = ?"
                    + " order by started_at, id",
                store)
            .stream()
            .flatMap(Optional::stream)
            .toList());
  }

  /// A name that this version cannot read any more is no job.
  private static Optional<Pull> pull(Row row) {
    Long ended = row.numberOrNull("ended_at");
    return ModelName.parse(row.text("model"))
        .map(name ->
            new Pull(
                row.text("id"),
                name,
                row.text("target"),
                PullState.ofWord(row.text("state")),
                row.number("bytes_done"),
                row.number("bytes_total"),
                0,
                null,
                null,
                (int) row.number("attempt"),
                Instant.ofEpochMilli(row.number("started_at")),
                ended == null ? null : Instant.ofEpochMilli(ended),
                new Problem(Cause.ofWord(row.text("cause")), row.text("error"), row.text("next")),
                row.text("asked_by"),
                row.number("wanted") != 0,
                row.number("hurried") != 0,
                List.of()));
  }

  /// Writes a job as it is now.
  void save(Pull pull) {
    Instant ended = pull.endedAt();
    boolean _ =
        database.inTransaction(sql -> {
          int _ = sql.update("delete from pull where id = ?", pull.id());
          int _ =
              sql.update(
                  "insert into pull (id, store, model, target, state, asked_by, attempt,"
                      + " bytes_done, bytes_total, started_at, ended_at, cause, error, next,"
                      + " wanted, hurried)"
                      + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  pull.id(),
                  store,
                  full(pull.model()),
                  pull.target(),
                  pull.state().word(),
                  cut(pull.askedBy(), 100),
                  pull.attempt(),
                  pull.bytesDone(),
                  pull.bytesTotal(),
                  pull.startedAt().toEpochMilli(),
                  ended == null ? null : ended.toEpochMilli(),
                  pull.problem().cause().word(),
                  cut(pull.problem().text(), LONGEST_TEXT),
                  cut(pull.problem().next(), LONGEST_TEXT),
                  pull.wanted() ? 1 : 0,
                  pull.hurried() ? 1 : 0);
          return true;
        });
  }

  /// Forgets what ended long ago.
  void tidy() {
    int _ =
        database.inTransaction(sql ->
            sql.update(
                "delete from pull where store = ? and ended_at is not null and id not in"
                    + " (select id from (select id from pull where store = ?"
                    + " order by started_at desc limit ?) as kept)",
                store,
                store,
                KEPT));
  }

  /// All four parts, so that a changed default changes no job.
  private static String full(ModelName name) {
    return name.host() + "/" + name.namespace() + "/" + name.model() + ":" + name.tag();
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
