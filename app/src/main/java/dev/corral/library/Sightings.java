package dev.corral.library;

import dev.corral.db.Sql;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The statements on the tables beside `downloaded_models`.
final class Sightings {
  private Sightings() {}

  private record Node(String model, String backend) {}

  static Map<String, Sighting> all(Sql sql) {
    Map<String, Set<String>> nodes = new HashMap<>();
    sql.query(
            row -> new Node(row.text("model_id"), row.text("backend")),
            "select model_id, backend from library_node")
        .forEach(
            node -> nodes.computeIfAbsent(node.model(), _ -> new HashSet<>()).add(node.backend()));
    Map<String, Sighting> all = new HashMap<>();
    sql.query(
            row -> {
              @Nullable Long gone = row.numberOrNull("gone_at");
              String id = row.text("model_id");
              return new Sighting(
                  id,
                  row.text("digest"),
                  row.number("size_bytes"),
                  Instant.ofEpochMilli(row.number("seen_at")),
                  gone == null ? null : Instant.ofEpochMilli(gone),
                  nodes.getOrDefault(id, Set.of()));
            },
            "select model_id, digest, size_bytes, seen_at, gone_at from library_state")
        .forEach(sighting -> all.put(sighting.modelId(), sighting));
    return all;
  }

  static void put(Sql sql, Sighting sighting) {
    remove(sql, sighting.modelId());
    Instant gone = sighting.goneAt();
    int _ =
        sql.update(
            "insert into library_state (model_id, digest, size_bytes, seen_at, gone_at)"
                + " values (?, ?, ?, ?, ?)",
            sighting.modelId(),
            sighting.digest(),
            sighting.sizeBytes(),
            sighting.seenAt().toEpochMilli(),
            gone == null ? null : (Long) gone.toEpochMilli());
    for (String backend : sighting.backends()) {
      int _ =
          sql.update(
              "insert into library_node (model_id, backend) values (?, ?)",
              sighting.modelId(),
              backend);
    }
  }

  static void remove(Sql sql, String id) {
    int _ = sql.update("delete from library_state where model_id = ?", id);
    int _ = sql.update("delete from library_node where model_id = ?", id);
  }
}
