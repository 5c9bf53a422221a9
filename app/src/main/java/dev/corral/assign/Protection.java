package dev.corral.assign;

import dev.corral.db.Database;
import dev.corral.model.ModelName;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Models that nobody may remove: those of the configuration, which stay so until the file changes,
/// and those that somebody protected at run time. Kept in the database; every question asks it, so
/// that instances that share it agree.
public final class Protection {
  /// What came of a wish to protect no longer.
  public enum Unprotected {
    DONE,
    /// Nobody had protected it.
    WAS_NOT,
    /// The configuration protects it, so only the configuration can end that.
    LOCKED
  }

  private final Database database;
  private final InstantSource clock;
  private volatile Set<String> configured = Set.of();

  public Protection(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// The configuration's list, as it is now; what is no name of a model is passed over.
  public void follow(Collection<String> names) {
    configured =
        names.stream()
            .map(ModelName::parse)
            .flatMap(Optional::stream)
            .map(ModelName::key)
            .collect(Collectors.toUnmodifiableSet());
  }

  /// True where nothing that comes through Corral may remove the model.
  public boolean protects(ModelName name) {
    return locked(name)
        || database
            .read(sql ->
                sql.find(row -> true, "select model from protection where model = ?", name.key()))
            .isPresent();
  }

  /// True where the configuration protects it.
  public boolean locked(ModelName name) {
    return configured.contains(name.key());
  }

  /// The keys ([ModelName#key()]) of all that is protected.
  public Set<String> keys() {
    List<String> kept =
        database.read(sql -> sql.query(row -> row.text("model"), "select model from protection"));
    Set<String> all = new TreeSet<>(new ArrayList<>(kept));
    all.addAll(configured);
    return all;
  }

  /// Protects a model, whether it is here or not.
  public void protect(ModelName name) {
    int _ =
        database.inTransaction(sql ->
            sql.update(
                "insert into protection (model, since) values (?, ?)"
                    + " on conflict (model) do nothing",
                name.key(),
                clock.millis()));
  }

  public Unprotected unprotect(ModelName name) {
    if (locked(name)) {
      return Unprotected.LOCKED;
    }
    int removed =
        database.inTransaction(
            sql -> sql.update("delete from protection where model = ?", name.key()));
    return removed > 0 ? Unprotected.DONE : Unprotected.WAS_NOT;
  }
}
