package dev.corral.library;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.corral.db.Row;
import dev.corral.db.Sql;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The statements on `downloaded_models`. SQLite keeps JSON and times as the text that is written;
/// PostgreSQL wants them cast.
///
/// @param postgres whose types the table has
record Rows(boolean postgres) {
  private static final JsonMapper JSON = new JsonMapper();

  /// As wide as the columns.
  static final int ID = 200;

  private static final int TEXT = 500;
  private static final int SHORT = 100;
  private static final int PATH = 1000;

  static List<Entry> all(Sql sql) {
    return sql
        .query(
            Rows::entry,
            "select model_id, display_name, repo_id, filename, quantization, parameters,"
                + " context_window, file_size_mb, file_path, ollama_model_name, source, tags,"
                + " downloaded_at, last_used from downloaded_models order by model_id, id")
        .stream()
        .filter(row -> !row.modelId().isEmpty())
        .toList();
  }

  /// Every column is read as text: what another program wrote need not be of the column's type.
  private static Entry entry(Row row) {
    String model = text(row, "ollama_model_name");
    String id = text(row, "model_id");
    return new Entry(
        id.isEmpty() ? model : id,
        text(row, "display_name"),
        text(row, "repo_id"),
        text(row, "filename"),
        text(row, "quantization"),
        Loose.number(text(row, "parameters")),
        Loose.whole(text(row, "context_window")),
        Loose.number(text(row, "file_size_mb")),
        text(row, "file_path"),
        model,
        text(row, "source"),
        Loose.words(text(row, "tags")),
        Loose.time(text(row, "downloaded_at")),
        Loose.time(text(row, "last_used")));
  }

  private static String text(Row row, String column) {
    String text = row.textOrNull(column);
    return text == null ? "" : text.strip();
  }

  void add(Sql sql, Entry entry) {
    @Nullable Object[] values = values(entry);
    int _ =
        postgres
            ? sql.update(
                "insert into downloaded_models (display_name, repo_id, filename, quantization,"
                    + " parameters, context_window, file_size_mb, file_path, ollama_model_name,"
                    + " source, tags, downloaded_at, last_used, model_id) values (?, ?, ?, ?,"
                    + " cast(? as double precision), cast(? as bigint),"
                    + " cast(? as double precision), ?, ?, ?, cast(? as json),"
                    + " cast(? as timestamp), cast(? as timestamp), ?)",
                values)
            : sql.update(
                "insert into downloaded_models (display_name, repo_id, filename, quantization,"
                    + " parameters, context_window, file_size_mb, file_path, ollama_model_name,"
                    + " source, tags, downloaded_at, last_used, model_id) values (?, ?, ?, ?,"
                    + " cast(? as real), cast(? as integer), cast(? as real), ?, ?, ?, ?, ?, ?, ?)",
                values);
  }

  void change(Sql sql, Entry entry) {
    @Nullable Object[] values = values(entry);
    int _ =
        postgres
            ? sql.update(
                "update downloaded_models set display_name = ?, repo_id = ?, filename = ?,"
                    + " quantization = ?, parameters = cast(? as double precision),"
                    + " context_window = cast(? as bigint),"
                    + " file_size_mb = cast(? as double precision), file_path = ?,"
                    + " ollama_model_name = ?, source = ?, tags = cast(? as json),"
                    + " downloaded_at = cast(? as timestamp), last_used = cast(? as timestamp)"
                    + " where trim(coalesce(nullif(trim(model_id), ''), ollama_model_name)) = ?",
                values)
            : sql.update(
                "update downloaded_models set display_name = ?, repo_id = ?, filename = ?,"
                    + " quantization = ?, parameters = cast(? as real),"
                    + " context_window = cast(? as integer), file_size_mb = cast(? as real),"
                    + " file_path = ?, ollama_model_name = ?, source = ?, tags = ?,"
                    + " downloaded_at = ?, last_used = ?"
                    + " where trim(coalesce(nullif(trim(model_id), ''), ollama_model_name)) = ?",
                values);
  }

  void touch(Sql sql, String id, Instant at) {
    String time = Loose.written(at);
    int _ =
        postgres
            ? sql.update(
                "update downloaded_models set last_used = cast(? as timestamp)"
                    + " where trim(coalesce(nullif(trim(model_id), ''), ollama_model_name)) = ?",
                time,
                id)
            : sql.update(
                "update downloaded_models set last_used = ?"
                    + " where trim(coalesce(nullif(trim(model_id), ''), ollama_model_name)) = ?",
                time,
                id);
  }

  static void remove(Sql sql, String id) {
    int _ =
        sql.update(
            "delete from downloaded_models"
                + " where trim(coalesce(nullif(trim(model_id), ''), ollama_model_name)) = ?",
            id);
  }

  private static @Nullable Object[] values(Entry entry) {
    return new @Nullable Object[] {
      cut(entry.displayName(), TEXT),
      cut(entry.repoId(), TEXT),
      cut(entry.filename(), TEXT),
      cut(entry.quantization(), SHORT),
      text(entry.parameters()),
      text(entry.contextWindow()),
      text(entry.fileSizeMb()),
      cut(entry.filePath(), PATH),
      cut(entry.ollamaModelName(), TEXT),
      cut(entry.source(), SHORT / 2),
      json(entry.tags()),
      time(entry.downloadedAt()),
      time(entry.lastUsed()),
      cut(entry.modelId(), ID)
    };
  }

  private static @Nullable String cut(String text, int longest) {
    return text.isEmpty() ? null : text.length() <= longest ? text : text.substring(0, longest);
  }

  private static @Nullable String text(@Nullable Number number) {
    return number == null ? null : number.toString();
  }

  private static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : Loose.written(time);
  }

  private static String json(List<String> words) {
    try {
      return JSON.writeValueAsString(words);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list of texts can be written", e);
    }
  }
}
