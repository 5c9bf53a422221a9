package dev.corral.revision;

import dev.corral.db.Database;
import dev.corral.db.DatabaseFailure;
import dev.corral.db.Row;
import dev.corral.db.Sql;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/// Anchors in the database, so that what they stand for is known even where a store forgets.
final class AnchorTable {
  private static final String OWNER = "anchors.owner";

  private final Database database;
  private final String store;

  /// @param store tells our own store from those of other instances that share the database
  AnchorTable(Database database, String store) {
    this.database = database;
    this.store = store;
  }

  /// What tells our links in a folder from those of other Corrals there: drawn once, and kept.
  String owner() {
    Optional<String> known = database.read(AnchorTable::drawn);
    if (known.isPresent()) {
      return known.get() + "-" + store;
    }
    String fresh = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    try {
      return database.inTransaction(sql -> {
        int _ = sql.update("insert into setting (name, value) values (?, ?)", OWNER, fresh);
        return fresh;
      })
          + "-"
          + store;
    } catch (DatabaseFailure e) {
      // Another instance on the same database was faster.
      return database.read(AnchorTable::drawn).orElseThrow(() -> e) + "-" + store;
    }
  }

  private static Optional<String> drawn(Sql sql) {
    return sql.find(row -> row.text("value"), "select value from setting where name = ?", OWNER);
  }

  /// The oldest first.
  List<Anchor> all() {
    return database.read(sql ->
        sql
            .query(
                AnchorTable::anchor,
                "select target, model, hidden, digest, bytes, manifest, blobs, made_at from anchor"
                    + " where store = ? order by made_at, hidden",
                store)
            .stream()
            .flatMap(Optional::stream)
            .toList());
  }

  private static Optional<Anchor> anchor(Row row) {
    Optional<ModelName> model = ModelName.parse(row.text("model"));
    Optional<ModelName> hidden = ModelName.parse(row.text("hidden"));
    if (model.isEmpty() || hidden.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Anchor(
            row.text("target"),
            model.get(),
            hidden.get(),
            new Digest(row.text("digest")),
            row.number("bytes"),
            row.text("manifest"),
            Arrays.stream(row.text("blobs").split(" ", -1))
                .filter(hex -> !hex.isEmpty())
                .map(Digest::new)
                .toList(),
            Instant.ofEpochMilli(row.number("made_at"))));
  }

  void add(Anchor anchor) {
    boolean _ =
        database.inTransaction(sql -> {
          delete(sql, anchor);
          int _ =
              sql.update(
                  "insert into anchor (store, target, model, hidden, digest, bytes, manifest,"
                      + " blobs, made_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  store,
                  anchor.target(),
                  full(anchor.model()),
                  full(anchor.hidden()),
                  anchor.digest().hex(),
                  anchor.bytes(),
                  anchor.manifest(),
                  anchor.blobs().stream().map(Digest::hex).collect(Collectors.joining(" ")),
                  anchor.madeAt().toEpochMilli());
          return true;
        });
  }

  void remove(Anchor anchor) {
    boolean _ =
        database.inTransaction(sql -> {
          delete(sql, anchor);
          return true;
        });
  }

  private void delete(Sql sql, Anchor anchor) {
    int _ =
        sql.update(
            "delete from anchor where store = ? and target = ? and hidden = ?",
            store,
            anchor.target(),
            full(anchor.hidden()));
  }

  /// All four parts, so that a changed default changes no anchor.
  private static String full(ModelName name) {
    return name.host() + "/" + name.namespace() + "/" + name.model() + ":" + name.tag();
  }
}
