package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the whole program knows of its models while other programs look on.
class LibraryTest {
  private static final String CHAT =
      "{\"model\":\"%s\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  private final OllamaNode node = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.inFrontOf(node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  @Test
  void aRowThatAnotherProgramInsertsIsMissingAtOnceAndNeverAmongTheTags() throws SQLException {
    change(
        "INSERT INTO downloaded_models (model_id, display_name, repo_id, quantization, source,"
            + " ollama_model_name, downloaded_at)"
            + " VALUES ('x','X','r','Q4_K_M','curated','x:latest',datetime('now'))");

    JsonNode model = model("x");
    assertThat(model.path("name").asText()).isEqualTo("x:latest");
    assertThat(model.path("state").asText()).isEqualTo("missing");
    assertThat(ask("GET", "/api/tags", "").text()).doesNotContain("x:latest");
    assertThat(ask("GET", "/v1/models", "").text()).doesNotContain("x:latest");

    String removal = "/manage/models/x?weights=true";
    assertThat(corral.manage("DELETE", removal + "&dry-run=true", "").status()).isEqualTo(200);
    assertThat(corral.manage("DELETE", removal, "").status()).isEqualTo(200);
    assertThat(corral.manage("GET", "/manage/models/x", "").status()).isEqualTo(404);
  }

  @Test
  void aModelThatIsPulledIsWrittenDownWithAllThatIsKnownAndItsUseToo() throws SQLException {
    TestModel brought = TestModel.says("llama3.2:1b", "Hello there");
    node.onPull("llama3.2:1b", PullPlan.brings(brought));
    assertThat(ask("POST", "/api/pull", "{\"model\":\"llama3.2:1b\"}").text()).contains("success");

    RunningCorral.await(() -> !read("downloaded_at").isEmpty(), "the pull is written down");
    assertThat(read("display_name")).isEqualTo("Llama 3.2 1B Instruct");
    assertThat(read("source")).isEqualTo("curated");
    assertThat(read("repo_id")).isEqualTo("bartowski/Llama-3.2-1B-Instruct-GGUF");
    assertThat(read("file_size_mb")).isNotEmpty();
    assertThat(read("quantization")).isNotEmpty();
    assertThat(read("tags")).contains("\"chat\"");
    assertThat(read("last_used")).isEmpty();

    assertThat(ask("POST", "/api/chat", CHAT.formatted("llama3.2:1b")).status()).isEqualTo(200);
    RunningCorral.await(() -> !read("last_used").isEmpty(), "the use is written down");
  }

  @Test
  void aModelThatIsDeletedIsGoneAndStillKnown() {
    node.onPull("llama3.2:1b", PullPlan.brings(TestModel.says("llama3.2:1b", "Hello there")));
    assertThat(ask("POST", "/api/pull", "{\"model\":\"llama3.2:1b\"}").text()).contains("success");
    RunningCorral.await(() -> state("llama3.2:1b").equals("present"), "it is here");
    RunningCorral.await(() -> !read("downloaded_at").isEmpty(), "the pull is written down");
    RunningCorral.await(() -> model("llama3.2:1b").path("tracked").asBoolean(), "it is tracked");

    assertThat(ask("DELETE", "/api/delete", "{\"model\":\"llama3.2:1b\"}").status()).isEqualTo(200);
    RunningCorral.await(() -> state("llama3.2:1b").equals("gone"), "it is gone");
    assertThat(read("display_name")).isEqualTo("Llama 3.2 1B Instruct");
  }

  @Test
  void whatSomebodyChoseAnswersThoseWhoNameNoneAlsoAfterTheFileIsReadAgain() throws Exception {
    assertThat(ask("POST", "/api/chat", CHAT.formatted("default")).status()).isEqualTo(404);
    assertThat(corral.manage("POST", "/manage/models/markov-a/use", "{}").status()).isEqualTo(200);
    assertThat(ask("POST", "/api/chat", CHAT.formatted("default")).status()).isEqualTo(200);
    assertThat(ask("POST", "/api/chat", CHAT.formatted("")).status()).isEqualTo(200);
    assertThat(corral.manage("GET", "/manage/status", "").text())
        .contains("\"defaultModel\":\"markov-a\"");

    corral.configure("default: markov-b\nbackends: [{name: one, url: \"" + node.url() + "\"}]\n");
    RunningCorral.await(
        () ->
            corral
                .manage("GET", "/manage/active", "")
                .json()
                .path("model")
                .asText()
                .equals("markov-b"),
        "the changed line counts");
  }

  private String state(String name) {
    return model(name).path("state").asText();
  }

  private JsonNode model(String name) {
    return corral.manage("GET", "/manage/models/" + name.replace(":", "%3A"), "").json();
  }

  private Answer ask(String method, String path, String json) {
    try (RawClient client = RawClient.connect(corral.port())) {
      return client
          .request(
              method,
              path,
              Headers.of("Content-Type", "application/json", "Connection", "close"),
              Body.of(json))
          .answer();
    }
  }

  /// A column of the only row, as another program reads it; empty for null and for no row.
  private String read(String column) {
    try (Connection other = library();
        Statement statement = other.createStatement();
        ResultSet rows = statement.executeQuery("select " + column + " from downloaded_models")) {
      String value = rows.next() ? rows.getString(1) : null;
      return value == null ? "" : value;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void change(String sql) throws SQLException {
    try (Connection other = library();
        Statement statement = other.createStatement()) {
      int _ = statement.executeUpdate(sql);
    }
  }

  private Connection library() throws SQLException {
    // Who writes meanwhile is waited for, however slow this machine is.
    return DriverManager.getConnection(
        "jdbc:sqlite:" + corral.home().resolve("library.db") + "?busy_timeout=60000");
  }
}
