package dev.corral.library;

import dev.corral.db.Database;
import dev.corral.db.Sql;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What was downloaded: the table `downloaded_models` of `library.db`, which other programs read
/// and write while we run. Every look goes to the database, so a row of theirs shows at once.
///
/// All methods may block, and throw [dev.corral.db.DatabaseFailure] where the database cannot.
public final class Library {
  private final Database database;
  private final InstantSource clock;
  private final Rows rows;

  public Library(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    this.rows = new Rows(database.shared());
  }

  /// All rows that name a model, in the order of their names.
  public List<Entry> all() {
    return database.read(Rows::all);
  }

  /// The row about a model, in whatever form its name was written.
  public Optional<Entry> find(ModelName name) {
    return first(all(), name);
  }

  /// Writes what is known of a model: a new row, or the row that is there with what is new. It is
  /// tracked from now on.
  public void record(Entry entry) {
    boolean _ =
        database.inTransaction(sql -> {
          Optional<Entry> there = entry.name().flatMap(name -> first(Rows.all(sql), name));
          Entry now = there.map(before -> before.updated(entry)).orElse(entry);
          if (there.isPresent()) {
            rows.change(sql, now);
          } else {
            rows.add(sql, now);
          }
          now.name().ifPresent(name -> tracked(sql, name));
          return true;
        });
  }

  /// Models answered; times before those that are there change nothing. Models that are not tracked
  /// are passed over.
  public void used(Map<ModelName, Instant> times) {
    boolean _ =
        database.inTransaction(sql -> {
          List<Entry> all = Rows.all(sql);
          times.forEach((name, at) ->
              first(all, name)
                  .filter(row -> row.lastUsed() == null || row.lastUsed().isBefore(at))
                  .ifPresent(row -> rows.touch(sql, row.modelId(), at)));
          return true;
        });
  }

  /// Stops tracking a model; its weights stay where they are, and nothing adopts it by itself.
  ///
  /// @return false where it was not tracked
  public boolean forget(ModelName name) {
    return database.inTransaction(sql -> {
      Optional<Entry> there = first(Rows.all(sql), name);
      there.ifPresent(row -> {
        Rows.remove(sql, row.modelId());
        Sightings.remove(sql, row.modelId());
      });
      tracked(sql, name);
      int _ =
          sql.update(
              "insert into library_untracked (model_id, since) values (?, ?)",
              key(name),
              clock.millis());
      return there.isPresent();
    });
  }

  /// The keys ([ModelName#key()]) of all that somebody stopped tracking and nobody took up again.
  public Set<String> allUntracked() {
    return Set.copyOf(
        database.read(sql ->
            sql.query(row -> row.text("model_id"), "select model_id from library_untracked")));
  }

  /// What was seen of each tracked model that ever was on a backend, by id.
  public Map<String, Sighting> sightings() {
    return database.read(Sightings::all);
  }

  /// Takes in what the backends have now.
  ///
  /// @param places all backends, those that do not answer too
  public void look(List<Place> places) {
    Instant now = Instant.ofEpochMilli(clock.millis());
    List<Sighting> changes = Census.changes(all(), sightings(), places, now);
    if (!changes.isEmpty()) {
      boolean _ =
          database.inTransaction(sql -> {
            changes.forEach(one -> Sightings.put(sql, one));
            return true;
          });
    }
  }

  private static void tracked(Sql sql, ModelName name) {
    int _ = sql.update("delete from library_untracked where model_id = ?", key(name));
  }

  /// As wide as the column.
  private static String key(ModelName name) {
    String key = name.key();
    return key.substring(0, Math.min(Rows.ID, key.length()));
  }

  private static Optional<Entry> first(List<Entry> rows, ModelName name) {
    return rows.stream().filter(row -> row.means(name)).findFirst();
  }
}
