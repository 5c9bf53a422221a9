package dev.corral.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.db.DatabaseSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The file as other programs meet it.
class SqliteLibraryTest extends LibraryContract {
  private static final String CLASSIC =
      "INSERT INTO downloaded_models (model_id, display_name, repo_id, quantization, source,"
          + " ollama_model_name, downloaded_at)"
          + " VALUES ('x','X','r','Q4_K_M','curated','x:latest',datetime('now'))";

  @Override
  DatabaseSettings settings() {
    return DatabaseSettings.defaults();
  }

  @Test
  void theClassicInsertOfAnotherConnectionShowsAtOnce() throws SQLException {
    outside(CLASSIC);

    Entry row = library.find(name("x")).orElseThrow();
    assertThat(row.shown()).isEqualTo("x:latest");
    assertThat(row.displayName()).isEqualTo("X");
    assertThat(row.source()).isEqualTo(Entry.CURATED);
    assertThat(row.downloadedAt()).isNotNull();
  }

  @Test
  void theClassicInsertOfTheSqlite3ProgramShowsAtOnce() throws Exception {
    assumeTrue(installed("sqlite3"), "sqlite3 is not installed");
    Process process =
        new ProcessBuilder("sqlite3", home.resolve("library.db").toString(), CLASSIC)
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEmpty();

    assertThat(library.find(name("x:latest"))).isPresent();
  }

  @Test
  void theTableHasThePromisedColumnsAndTypesAndNoOthers() throws SQLException {
    List<String> columns = new ArrayList<>();
    try (Connection other = connection();
        Statement statement = other.createStatement();
        ResultSet rows = statement.executeQuery("pragma table_info(downloaded_models)")) {
      while (rows.next()) {
        columns.add(rows.getString("name") + " " + rows.getString("type"));
      }
    }
    assertThat(columns)
        .containsExactly(
            "id INTEGER",
            "model_id VARCHAR(200)",
            "display_name VARCHAR(500)",
            "repo_id VARCHAR(500)",
            "filename VARCHAR(500)",
            "quantization VARCHAR(100)",
            "parameters FLOAT",
            "context_window INTEGER",
            "file_size_mb FLOAT",
            "file_path VARCHAR(1000)",
            "ollama_model_name VARCHAR(500)",
            "source VARCHAR(50)",
            "tags JSON",
            "downloaded_at DATETIME",
            "last_used DATETIME");
  }

  @Test
  void aTableThatAnotherProgramMadeBeforeIsTakenAsItIs() throws Exception {
    database.close();
    Path before = Files.createDirectory(home.resolve("before"));
    home = before;
    outside(
        "create table downloaded_models (id INTEGER NOT NULL PRIMARY KEY, model_id VARCHAR(200),"
            + " display_name VARCHAR(500), repo_id VARCHAR(500), filename VARCHAR(500),"
            + " quantization VARCHAR(100), parameters FLOAT, context_window INTEGER,"
            + " file_size_mb FLOAT, file_path VARCHAR(1000), ollama_model_name VARCHAR(500),"
            + " source VARCHAR(50), tags JSON, downloaded_at DATETIME, last_used DATETIME)");
    outside("create unique index ix_models on downloaded_models (model_id)");
    outside(CLASSIC);
    open();

    assertThat(library.all().stream().map(Entry::shown)).containsExactly("x:latest");
    library.used(Map.of(name("x"), NOON));
    assertThat(library.find(name("x")).orElseThrow().lastUsed()).isEqualTo(NOON);
  }

  @Test
  void aWriterOutsideDoesNotKeepAnybodyFromReading() throws SQLException {
    library.record(Entry.of(name("llama3.2:1b")));
    try (Connection other = connection();
        Statement statement = other.createStatement()) {
      statement.execute("begin immediate");
      int _ = statement.executeUpdate("delete from downloaded_models");

      assertThat(library.all()).hasSize(1);
      statement.execute("rollback");
    }
  }

  @Test
  void oddRowsNeverBreakAListing() throws SQLException {
    outside("insert into downloaded_models (display_name) values ('nobody')");
    outside("insert into downloaded_models (ollama_model_name) values ('only-this:1b')");
    outside(
        "insert into downloaded_models (model_id, parameters, context_window, file_size_mb, tags,"
            + " downloaded_at, last_used) values ('odd', 'eight', 'many', x'00ff', '{broken',"
            + " 'yesterday', 99999999999999999999)");
    outside(
        "insert into downloaded_models (model_id, ollama_model_name, tags, downloaded_at,"
            + " context_window) values ('not a name!', '../../etc', 'a, b', 1767225600, 1e300)");
    outside(CLASSIC);

    assertThat(library.all().stream().map(Entry::shown))
        .containsExactly("only-this:1b", "not a name!", "odd:latest", "x:latest");
    Entry odd = library.find(name("odd")).orElseThrow();
    assertThat(odd.parameters()).isNull();
    assertThat(odd.contextWindow()).isNull();
    assertThat(odd.downloadedAt()).isNull();
    assertThat(odd.tags()).isEmpty();
    Entry nameless = library.all().get(1);
    assertThat(nameless.name()).isEmpty();
    assertThat(nameless.tags()).containsExactly("a", "b");
    assertThat(nameless.downloadedAt()).isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void timesOfOtherProgramsAreUnderstoodAsUtc() throws SQLException {
    for (String time :
        List.of(
            "2026-08-01 12:00:00",
            "2026-08-01 12:00:00.000000",
            "2026-08-01T12:00:00Z",
            "2026-08-01T14:00:00+02:00",
            "2026-08-01T12:00:00",
            "1785585600",
            "1785585600000")) {
      outside("delete from downloaded_models");
      outside("insert into downloaded_models (model_id, last_used) values ('x', '" + time + "')");
      assertThat(library.all().getFirst().lastUsed()).as(time).isEqualTo(NOON);
    }
  }

  @Test
  void whatWeWriteReadsLikeWhatSqliteItselfWrites() throws SQLException {
    library.record(entry("llama3.2:1b", "Llama", Entry.CURATED, 1.24, NOON));

    try (Connection other = connection();
        Statement statement = other.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select datetime(downloaded_at), typeof(parameters), json_type(tags), last_used"
                    + " from downloaded_models")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("2026-08-01 12:00:00");
      assertThat(row.getString(2)).isEqualTo("real");
      assertThat(row.getString(3)).isEqualTo("array");
      assertThat(row.getString(4)).isNull();
    }
  }

  private void outside(String sql) throws SQLException {
    try (Connection other = connection();
        Statement statement = other.createStatement()) {
      int _ = statement.executeUpdate(sql);
    }
  }

  private Connection connection() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + home.resolve("library.db"));
  }

  private static boolean installed(String program) throws IOException {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
