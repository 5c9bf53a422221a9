package dev.corral.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.TestModel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManageTest {
  @TempDir Path home;
  private OllamaNode one;
  private OllamaNode two;
  private RunningControl control;

  @BeforeEach
  void start() {
    one =
        OllamaNode.builder()
            .models(TestModel.says("shared", "a"), TestModel.says("b-one", "b"))
            .start();
    two =
        OllamaNode.builder()
            .models(TestModel.says("shared", "a"), TestModel.says("a-two", "b"))
            .start();
    control = RunningControl.in(home, one, two);
  }

  @AfterEach
  void stop() {
    control.close();
    one.close();
    two.close();
  }

  @Test
  void theEngineIsPartOfTheStatusAndARunnersLogIsToldByItsModel() {
    assertThat(control.get("/manage/status").json().path("engine").path("runner").asText())
        .isEqualTo("own runner, cpu");
    JsonNode log = control.get("/manage/runners/ns%2Fa%3A1/log").json();
    assertThat(log.path("lines").path(0).asText()).isEqualTo("loading");
    assertThat(log.path("from").asInt()).isEqualTo(3);
    Answer none = control.get("/manage/runners/b/log");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.json().path("detail").asText()).contains("No runner served 'b' lately");
  }

  @Test
  void theStatusTellsHowItIs() {
    JsonNode status = control.get("/manage/status").json();
    assertThat(status.path("version").asText()).isEqualTo("1.2.3");
    assertThat(status.path("startedAt").asText()).isEqualTo("1970-01-01T00:00:00Z");
    assertThat(status.path("backendChoice").asText()).isEqualTo("named by the test");
    assertThat(status.path("openExchanges").asInt()).isEqualTo(4);
    assertThat(status.path("keysInForce").asBoolean()).isFalse();
    assertThat(status.path("notes")).hasSize(1);
    JsonNode backend = status.path("backends").path(0);
    assertThat(backend.path("name").asText()).isEqualTo("node1");
    assertThat(backend.path("state").asText()).isEqualTo("up");
    assertThat(backend.path("models")).hasSize(2);
  }

  @Test
  void aServerProvesToHoldTheAdminKeyWithoutShowingIt() {
    JsonNode session = control.get("/manage/session", "X-Corral-Challenge", "c0ffee").json();
    assertThat(control.adminKey.proves("c0ffee", session.path("proof").asText())).isTrue();
    assertThat(session.path("caller").asText()).isEqualTo("local");
    assertThat(control.get("/manage/session").json().path("proof").asText()).isEmpty();
    assertThat(control.get("/manage/session", "X-Corral-Challenge", "c".repeat(300)).status())
        .isEqualTo(400);
  }

  @Test
  void modelsOfAllBackendsAreOneListWithAliasesAmongThem() {
    control.aliases = Map.of("gpt-4o", "shared", "lost", "nobody-has-this");
    JsonNode models = control.get("/manage/models").json();
    assertThat(models.findValuesAsText("name"))
        .containsExactly("a-two:latest", "b-one:latest", "gpt-4o", "lost", "shared:latest");
    assertThat(models.path(4).path("backends")).hasSize(2);
    assertThat(models.path(2).path("virtualFor").asText()).isEqualTo("shared:latest");
    assertThat(models.path(2).path("digest").asText())
        .isEqualTo(models.path(4).path("digest").asText())
        .isNotEmpty();
    assertThat(models.path(3).path("backends")).isEmpty();
  }

  @Test
  void explainTellsWhoWouldAnswerAndWhy() {
    control.aliases = Map.of("gpt-4o", "a-two");
    JsonNode explained = control.get("/manage/explain?model=gpt-4o").json();
    assertThat(explained.path("model").asText()).isEqualTo("a-two");
    assertThat(explained.path("steps").path(0).asText()).contains("'gpt-4o' is an alias");
    assertThat(explained.path("candidates")).hasSize(1);
    assertThat(explained.path("candidates").path(0).path("backend").asText()).isEqualTo("node2");

    JsonNode refused = control.get("/manage/explain?model=tier%3Agold").json();
    assertThat(refused.path("candidates")).isEmpty();
    assertThat(refused.path("refusal").asText()).contains("No tier is called 'gold'");
  }

  @Test
  void aBackendIsAddedDrainedTestedAndRemoved() {
    try (OllamaNode more = OllamaNode.start()) {
      Answer added =
          control.post(
              "/manage/backends",
              "{\"name\":\"rig\",\"url\":\"" + more.url() + "\",\"key\":\"s3cret\"}");
      assertThat(added.status()).isEqualTo(201);
      assertThat(added.headers().first("Location")).contains("/manage/backends/rig");
      assertThat(added.json().path("state").asText()).isEqualTo("up");
      assertThat(added.text()).doesNotContain("s3cret");
      assertThat(control.backends.all()).hasSize(1);

      Answer drained = control.post("/manage/backends/rig/drain", "{}");
      assertThat(drained.json().path("state").asText()).isEqualTo("draining");
      assertThat(control.backends.draining()).containsExactly("rig");
      Answer back = control.post("/manage/backends/rig/drain", "{\"drain\":false}");
      assertThat(back.json().path("state").asText()).isEqualTo("up");
      assertThat(control.backends.draining()).isEmpty();

      more.crash();
      Answer tested = control.post("/manage/backends/rig/test", "{}");
      assertThat(tested.json().path("state").asText()).isEqualTo("down");
      assertThat(tested.json().path("why").asText()).isNotEmpty();

      assertThat(control.delete("/manage/backends/rig").status()).isEqualTo(204);
      assertThat(control.get("/manage/backends").json()).hasSize(2);
      assertThat(control.backends.all()).isEmpty();
    }
  }

  @Test
  void aBackendThatDoesNotAnswerIsAddedAllTheSameAndTold() {
    Answer added =
        control.post(
            "/manage/backends", "{\"name\":\"far\",\"url\":\"http://127.0.0.1:9\",\"kind\":\"\"}");
    assertThat(added.status()).isEqualTo(201);
    assertThat(added.json().path("state").asText()).isEqualTo("down");
  }

  @Test
  void aBackendOfTheConfigurationIsRemovedThere() {
    Answer no = control.delete("/manage/backends/node1");
    assertThat(no.status()).isEqualTo(409);
    assertThat(no.json().path("detail").asText()).contains("it comes from: config");
    assertThat(no.json().path("next").asText()).contains("corral backends drain node1");
  }

  @Test
  void aBackendThatCannotBeIsRefusedWithWhatIsWrong() {
    assertThat(refusal("{\"name\":\"node1\",\"url\":\"http://h:1\"}", 409)).contains("already");
    assertThat(refusal("{\"name\":\"a/b\",\"url\":\"http://h:1\"}", 400)).contains("letters");
    assertThat(refusal("{\"name\":\"a\",\"url\":\"ftp://h\"}", 400)).contains("http://");
    assertThat(refusal("{\"name\":\"a\",\"url\":\"http://169.254.169.254\"}", 400))
        .contains("metadata");
    assertThat(refusal("{\"name\":\"a\",\"url\":\"http://h:1\",\"kind\":\"vllm\"}", 400))
        .contains("'ollama' or 'openai'");
    assertThat(refusal("{\"name\":\"a\"}", 400)).contains("'url' is missing");
    assertThat(control.backends.all()).isEmpty();
  }

  @Test
  void aBodyThatIsNotWhatItShouldBeIsRefusedWithTheNearestName() {
    Answer no = control.post("/manage/backends", "{\"nam\":\"a\"}");
    assertThat(no.status()).isEqualTo(400);
    assertThat(no.headers().first("Content-Type")).contains("application/problem+json");
    assertThat(no.json().path("detail").asText()).isEqualTo("There is no member 'nam' here");
    assertThat(no.json().path("next").asText()).isEqualTo("Did you mean 'name'?");
    assertThat(refusal("{\"name\":1,\"url\":\"x\"}", 400)).contains("'name' must be a text");
    assertThat(refusal("{\"name\":\"a\",\"name\":\"b\"}", 400)).contains("Duplicate");
    assertThat(refusal("[]", 400)).contains("not a JSON object");
    assertThat(refusal("{\"name\":", 400)).contains("not valid JSON");
    assertThat(refusal("{\"name\":\"a\"} x", 400)).contains("not valid JSON");
    assertThat(refusal("[".repeat(50_000), 400)).contains("not valid JSON");
    assertThat(refusal("\"" + "x".repeat(70_000) + "\"", 413)).contains("64 KiB");
  }

  @Test
  void aNameThatNobodyHasIs404AndDecodedOnce() {
    assertThat(control.delete("/manage/keys/a%252Fb+c").json().path("detail").asText())
        .isEqualTo("There is no key called 'a%2Fb+c'");
    assertThat(control.delete("/manage/keys/%zz").status()).isEqualTo(400);
    assertThat(control.delete("/manage/backends/none").status()).isEqualTo(404);
    assertThat(control.post("/manage/backends/none/test", "{}").status()).isEqualTo(404);
    assertThat(control.post("/manage/backends/none/drain", "{}").status()).isEqualTo(404);
    assertThat(control.get("/manage/nothing").status()).isEqualTo(404);
  }

  @Test
  void aKeyIsShownOnceAndFromThenOnCallersNeedOne() {
    Answer made =
        control.post(
            "/manage/keys", "{\"name\":\"app\",\"scopes\":[\"admin\"],\"expiresIn\":\"90d\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.headers().first("Location")).contains("/manage/keys/app");
    String secret = made.json().path("secret").asText();
    assertThat(secret).startsWith(made.json().path("key").path("hint").asText());

    assertThat(control.get("/manage/keys").status()).isEqualTo(401);
    Answer keys = control.get("/manage/keys", "Authorization", "Bearer " + secret);
    assertThat(keys.json()).hasSize(1);
    assertThat(keys.text()).doesNotContain(secret);
    assertThat(keys.json().path(0).path("expiresAt").asText()).matches("20\\d\\d-.*Z");

    Answer revoked =
        control.ask("DELETE", "/manage/keys/app", Body.EMPTY, "Authorization", "Bearer " + secret);
    assertThat(revoked.status()).isEqualTo(204);
    assertThat(revoked.body().size()).isZero();
  }

  @Test
  void aKeyThatCannotBeIsRefused() {
    assertThat(keyRefusal("{\"name\":\"a\",\"scopes\":[\"root\"]}")).contains("'root' is no scope");
    assertThat(keyRefusal("{\"name\":\"a\",\"scopes\":\"infer\"}")).contains("an array of texts");
    assertThat(keyRefusal("{\"name\":\"a\",\"expiresIn\":\"soon\"}")).contains("no span of time");
    assertThat(keyRefusal("{\"name\":\"a\",\"expiresIn\":\"0d\"}")).contains("expired already");
    assertThat(keyRefusal("{\"name\":\"../a\"}")).contains("key's name");
  }

  @Test
  void theLastExchangesAreToldNewestFirst() {
    control.exchanged("x1", "shared");
    control.exchanged("x2", "a-two");
    assertThat(control.journal.awaitWritten(RunningControl.PATIENCE)).isTrue();

    JsonNode requests = control.get("/manage/requests").json();
    assertThat(requests.findValuesAsText("id")).containsExactly("x2", "x1");
    assertThat(requests.path(0).path("outcome").asText()).isEqualTo("answered");
    assertThat(requests.path(0).path("tokensPerSecond").asDouble()).isEqualTo(100);
    assertThat(requests.path(0).path("firstByteMillis").asDouble()).isEqualTo(5);
    assertThat(control.get("/manage/requests?limit=1").json()).hasSize(1);
    assertThat(control.get("/manage/requests?limit=0").status()).isEqualTo(400);
    assertThat(control.get("/manage/requests?limit=501").status()).isEqualTo(400);
  }

  @Test
  void settingsAreToldWithTheirSource() {
    JsonNode settings = control.get("/manage/settings").json();
    assertThat(settings.path(0).path("key").asText()).isEqualTo("server.port");
    assertThat(settings.path(0).path("source").asText()).isEqualTo("default");
  }

  private String refusal(String body, int status) {
    return detail(control.post("/manage/backends", body), status);
  }

  private String keyRefusal(String body) {
    return detail(control.post("/manage/keys", body), 400);
  }

  private static String detail(Answer no, int status) {
    assertThat(no.status()).as(no.text()).isEqualTo(status);
    return no.json().path("detail").asText();
  }
}
