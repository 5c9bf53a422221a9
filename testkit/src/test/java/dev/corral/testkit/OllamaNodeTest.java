package dev.corral.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OllamaNodeTest {
  private static final Duration SOON = Await.LONG;

  private final OllamaNode node = OllamaNode.start();

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void aChatIsStreamedOneWordPerChunkAndEndsWithDone() {
    Answer answer =
        post(
            "/api/chat",
            "{\"model\":\"markov-a\",\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}]}");

    assertThat(answer.headers().first("Content-Type")).contains("application/x-ndjson");
    assertThat(answer.chunks()).hasSize(10);
    assertThat(answer.lines().stream().map(line -> line.at("/message/content").asText()))
        .containsExactly(
            " The", " quick", " brown", " fox", " jumps", " over", " the", " lazy", " dog.", "");
    assertThat(answer.lines().getLast().path("done").asBoolean()).isTrue();
    assertThat(answer.lines().getLast().path("eval_count").asInt()).isEqualTo(10);
    assertThat(answer.complete()).isTrue();
  }

  @Test
  void aModelThatLoopsStopsAtItsLimitOrAtAWord() {
    Answer limited =
        post(
            "/api/generate",
            "{\"model\":\"markov-loop\",\"prompt\":\"x\",\"stream\":false,\"options\":{\"num_predict\":12}}");
    Answer stopped =
        post(
            "/api/generate",
            "{\"model\":\"markov-loop\",\"prompt\":\"x\",\"stream\":false,\"options\":{\"stop\":[\""
                + " five\"]}}");

    assertThat(limited.json().path("response").asText())
        .isEqualTo(" one two three four five six seven eight nine ten one two");
    assertThat(limited.json().path("done_reason").asText()).isEqualTo("length");
    assertThat(stopped.json().path("response").asText()).isEqualTo(" one two three four");
    assertThat(stopped.json().path("done_reason").asText()).isEqualTo("stop");
  }

  @Test
  void textsThatShareWordsHaveVectorsThatAreNear() {
    var vectors =
        post(
                "/api/embed",
                "{\"model\":\"markov-embed\",\"input\":[\"The quick brown\",\"The quick fox\"]}")
            .json()
            .path("embeddings");

    double dot = 0;
    for (int i = 0; i < vectors.get(0).size(); i++) {
      dot += vectors.get(0).get(i).asDouble() * vectors.get(1).get(i).asDouble();
    }
    assertThat(dot).isBetween(0.799, 0.801);
  }

  @Test
  void aPlannedPullTellsItsProgressAndBringsTheModel() {
    node.onPull("fresh:1b", PullPlan.brings(TestModel.says("fresh:1b", " Fresh.").ofSize(4000)));

    Answer answer = post("/api/pull", "{\"model\":\"fresh:1b\"}");

    assertThat(answer.lines().stream().map(line -> line.path("completed").asInt()))
        .contains(1000, 2000, 3000, 4000);
    assertThat(answer.lines().getLast().path("status").asText()).isEqualTo("success");
    assertThat(node.modelNames()).contains("fresh:1b");
  }

  @Test
  void aBlobIsTakenOnlyUnderItsOwnDigest() {
    String digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    assertThat(post("/api/blobs/sha256:" + "0".repeat(64), "hello").text())
        .contains("digest mismatch")
        .contains(digest);
    assertThat(request("HEAD", "/api/blobs/" + digest).status()).isEqualTo(200);
    assertThat(node.blob(digest)).contains(Body.of("hello"));
  }

  @Test
  void copyGivesTheSameDigestAndDeleteTakesTheNameAway() {
    post("/api/copy", "{\"source\":\"markov-a\",\"destination\":\"ns/copy:1\"}");
    assertThat(node.model("NS/Copy:1").map(TestModel::digest))
        .isEqualTo(node.model("markov-a").map(TestModel::digest));

    Answer deleted =
        one(
            "DELETE",
            "/api/delete",
            Headers.of("Content-Type", "application/json"),
            Body.of("{\"model\":\"ns/copy:1\"}"));
    assertThat(deleted.status()).isEqualTo(200);
    assertThat(node.model("ns/copy:1")).isEmpty();
  }

  @Test
  void aRequestLoadsItsModelAndKeepAliveZeroUnloadsIt() {
    post("/api/generate", "{\"model\":\"markov-a\",\"keep_alive\":-1}");
    assertThat(node.isLoaded("markov-a")).isTrue();
    assertThat(RawClient.get(node.port(), "/api/ps").json().at("/models/0/expires_at").asText())
        .startsWith("23");

    post("/api/generate", "{\"model\":\"markov-a\",\"keep_alive\":0}");
    assertThat(node.isLoaded("markov-a")).isFalse();
  }

  @Test
  void aConnectionCarriesSeveralRequestsAndEachIsRecorded() {
    try (RawClient client = RawClient.connect(node.port())) {
      assertThat(client.post("/api/show", "{\"model\":\"markov-a\"}").answer().status())
          .isEqualTo(200);
      client.request("GET", "/api/version?x=1", Headers.of("X-Mark", "7"), Body.EMPTY);
      assertThat(client.answer().json().path("version").asText()).isEqualTo(OllamaNode.VERSION);
    }

    List<Exchange> all = node.exchanges();
    assertThat(all).hasSize(2);
    assertThat(all.getFirst().request().model()).isEqualTo("markov-a");
    assertThat(all.getLast().request().headers().first("x-mark")).contains("7");
    assertThat(all.getLast().awaitEnd(SOON)).isEqualTo(Exchange.Fate.ANSWERED);
  }

  @Test
  void aForeignHostOrOriginIsTurnedAway() {
    assertThat(one("GET", "/api/tags", Headers.of("Host", "evil.example.com"), Body.EMPTY).status())
        .isEqualTo(403);
    assertThat(
            one("GET", "/api/tags", Headers.of("Origin", "http://evil.example.com"), Body.EMPTY)
                .status())
        .isEqualTo(403);
  }

  private Answer post(String path, String json) {
    return RawClient.post(node.port(), path, json);
  }

  private Answer request(String method, String path) {
    return one(method, path, Headers.of(), Body.EMPTY);
  }

  private Answer one(String method, String path, Headers headers, Body body) {
    try (RawClient client = RawClient.connect(node.port())) {
      return client.request(method, path, headers, body).answer();
    }
  }
}
