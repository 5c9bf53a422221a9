package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Pulls through a whole Corral in front of two nodes.
class PullOnNodesTest {
  private final OllamaNode one = OllamaNode.start();
  private final OllamaNode two = OllamaNode.start();
  private RunningCorral corral;

  @BeforeEach
  void start() {
    // No registry answers here: what a node has is all that is known.
    corral = RunningCorral.with("pull: {registries: [\"http://127.0.0.1:9\"]}\n", one, two);
    for (OllamaNode node : List.of(one, two)) {
      node.onPull("127.0.0.1:9/ns/new", plan());
    }
  }

  private static PullPlan plan() {
    return PullPlan.brings(TestModel.says("new", "fresh")).in(5, Duration.ofMillis(20));
  }

  @AfterEach
  void stop() {
    corral.close();
    one.close();
    two.close();
  }

  private JsonNode awaitEnd(String id) {
    String path = "/manage/pulls/" + id;
    RunningCorral.await(
        () -> !corral.manage("GET", path, "").json().path("endedAt").isNull(), "the pull is over");
    return corral.manage("GET", path, "").json();
  }

  /// What came is listed a moment after its pull is over.
  private void awaitSeen() {
    String path = "/manage/models/127.0.0.1%3A9%2Fns%2Fnew";
    RunningCorral.await(
        () -> !corral.manage("GET", path, "").json().path("backends").isEmpty(),
        "the new model is seen on its node");
  }

  @Test
  void ollamasClientsSeeOllamasEventsAndTheJobIsOurs() {
    Answer told = RawClient.post(corral.port(), "/api/pull", "{\"model\":\"127.0.0.1:9/ns/new\"}");
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text().lines().toList())
        .startsWith("{\"status\":\"pulling manifest\"}")
        .endsWith(
            "{\"status\":\"verifying sha256 digest\"}",
            "{\"status\":\"writing manifest\"}",
            "{\"status\":\"success\"}");
    JsonNode jobs = corral.manage("GET", "/manage/pulls", "").json();
    assertThat(jobs).hasSize(1);
    assertThat(jobs.path(0).path("target").asText()).isEqualTo("one");
    assertThat(jobs.path(0).path("state").asText()).isEqualTo("done");
    RunningCorral.await(
        () -> RawClient.get(corral.port(), "/api/tags").text().contains("/ns/new:latest"),
        "the new model is listed");
  }

  @Test
  void withoutAStreamThereIsOneObject() {
    Answer told =
        RawClient.post(
            corral.port(), "/api/pull", "{\"model\":\"127.0.0.1:9/ns/new\",\"stream\":false}");
    assertThat(told.text()).isEqualTo("{\"status\":\"success\"}");
  }

  @Test
  void aCallerWhoLeavesDoesNotEndTheJob() {
    one.onPull("127.0.0.1:9/ns/new", plan().in(20, Duration.ofMillis(20)));
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/pull HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
              + "Content-Length: 30\r\n\r\n{\"model\":\"127.0.0.1:9/ns/new\"}");
      one.awaitExchange("/api/pull", Await.LONG);
    }
    String id = corral.manage("GET", "/manage/pulls", "").json().path(0).path("id").asText();
    assertThat(awaitEnd(id).path("state").asText()).isEqualTo("done");
    assertThat(one.exchanges("/api/pull")).hasSize(1);
  }

  @Test
  void aNodeIsNamedOrAllOfThemAre() {
    Answer job =
        corral.manage("POST", "/manage/pulls", "{\"model\":\"127.0.0.1:9/ns/new\",\"on\":\"two\"}");
    assertThat(job.status()).isEqualTo(202);
    assertThat(awaitEnd(job.json().path("id").asText()).path("target").asText()).isEqualTo("two");
    assertThat(one.exchanges("/api/pull")).isEmpty();

    Answer jobs =
        corral.manage("POST", "/manage/pulls", "{\"model\":\"127.0.0.1:9/ns/new\",\"on\":\"all\"}");
    assertThat(jobs.status()).isEqualTo(202);
    assertThat(jobs.json()).hasSize(2);
    jobs.json()
        .forEach(one ->
            assertThat(awaitEnd(one.path("id").asText()).path("state").asText()).isEqualTo("done"));

    Answer nowhere = corral.manage("POST", "/manage/pulls", "{\"model\":\"m\",\"on\":\"three\"}");
    assertThat(nowhere.status()).isEqualTo(404);
    assertThat(nowhere.text()).contains("There is no backend 'three'");
  }

  @Test
  void aModelThatIsThereIsPulledWhereItIs() {
    two.onPull("only-on-two", PullPlan.brings(TestModel.says("only-on-two", "x")));
    Answer job =
        corral.manage("POST", "/manage/pulls", "{\"model\":\"only-on-two\",\"on\":\"two\"}");
    awaitEnd(job.json().path("id").asText());
    RunningCorral.await(
        () -> corral.manage("GET", "/manage/models", "").text().contains("only-on-two"), "seen");
    Answer again = corral.manage("POST", "/manage/pulls", "{\"model\":\"only-on-two\"}");
    assertThat(again.json().path("target").asText()).isEqualTo("two");
    awaitEnd(again.json().path("id").asText());
  }

  @Test
  void whatANameMeantBeforeItIsPulledAnewIsKeptWhereNoListingShowsIt() {
    String ask = "{\"model\":\"127.0.0.1:9/ns/new\",\"stream\":false}";
    assertThat(RawClient.post(corral.port(), "/api/pull", ask).status()).isEqualTo(200);
    one.onPull("127.0.0.1:9/ns/new", PullPlan.brings(TestModel.says("new", "fresher")));
    assertThat(RawClient.post(corral.port(), "/api/pull", ask).status()).isEqualTo(200);
    String hidden =
        one.modelNames().stream()
            .filter(name -> name.startsWith("corral/"))
            .findFirst()
            .orElseThrow();
    assertThat(one.model(hidden).orElseThrow().sentence()).isEqualTo("fresh");
    one.load(hidden);
    awaitSeen();
    assertThat(RawClient.get(corral.port(), "/api/ps").text())
        .contains("127.0.0.1:9/ns/new:latest")
        .doesNotContain("corral/anchor");
    for (String listing : List.of("/api/tags", "/v1/models")) {
      assertThat(RawClient.get(corral.port(), listing).text())
          .contains("/ns/new")
          .doesNotContain("corral/anchor");
    }
    assertThat(corral.manage("GET", "/manage/models", "").text()).doesNotContain("corral/anchor");
    Answer no = corral.manage("DELETE", "/api/delete", "{\"model\":\"" + hidden + "\"}");
    assertThat(no.status()).isEqualTo(403);
    JsonNode sizes = corral.manage("GET", "/manage/sizes", "").json();
    assertThat(sizes.path("anchors").path(0).path("model").asText())
        .isEqualTo("127.0.0.1:9/ns/new:latest");
    assertThat(sizes.path("models").toString()).doesNotContain("corral/anchor");
    assertThat(one.modelNames()).contains(hidden);
  }

  @Test
  void whatGoesForGoodTakesWhatWasKeptOfItAlong() {
    String ask = "{\"model\":\"127.0.0.1:9/ns/new\",\"stream\":false}";
    RawClient.post(corral.port(), "/api/pull", ask);
    one.onPull("127.0.0.1:9/ns/new", PullPlan.brings(TestModel.says("new", "fresher")));
    RawClient.post(corral.port(), "/api/pull", ask);
    JsonNode anchor = corral.manage("GET", "/manage/sizes", "").json().path("anchors").path(0);
    assertThat(anchor.path("heldBy").asText())
        .as("that node's folder is not ours")
        .isEqualTo("copy");
    assertThat(anchor.path("aloneBytes").isNull()).as("nor can it be read").isTrue();

    awaitSeen();
    String gone = "/manage/models/127.0.0.1%3A9%2Fns%2Fnew?weights=true&force=true&now=true";
    Answer removed = corral.manage("DELETE", gone, "");
    assertThat(removed.status()).as(removed.text()).isEqualTo(200);
    assertThat(one.modelNames()).noneMatch(name -> name.contains("ns/new"));
    assertThat(one.modelNames()).noneMatch(name -> name.startsWith("corral/"));
    assertThat(corral.manage("GET", "/manage/sizes", "").json().path("anchors")).isEmpty();
  }

  @Test
  void aPullThatBringsNothingNewKeepsNothing() {
    String ask = "{\"model\":\"127.0.0.1:9/ns/new\",\"stream\":false}";
    RawClient.post(corral.port(), "/api/pull", ask);
    RawClient.post(corral.port(), "/api/pull", ask);
    assertThat(one.modelNames()).noneMatch(name -> name.startsWith("corral/"));
  }
}
