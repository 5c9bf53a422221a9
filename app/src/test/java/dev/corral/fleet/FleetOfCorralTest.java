package dev.corral.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.FreePort;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The backends as the whole program sees and uses them.
class FleetOfCorralTest {
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  @Test
  void aNodeThatCrashesAndComesBackIsSeenBothTimesWithoutARestart() {
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      node.crash();
      assertThat(chat(corral).status()).isEqualTo(502);
      awaitState(corral, "down");
      node.acceptAgain();
      awaitState(corral, "up");
      assertThat(chat(corral).status()).isEqualTo(200);
    }
  }

  @Test
  void aBackendThatIsThisVeryInstanceIsSetAsideWithTheWayOut() {
    int port = FreePort.find();
    String yaml = "backends: [{name: me, url: \"http://127.0.0.1:%d\"}]".formatted(port);
    try (RunningCorral corral = RunningCorral.alone(port, yaml)) {
      awaitSetAside(corral);
      Answer answer = chat(corral);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.text()).contains("lead back to this instance");
    }
  }

  @Test
  void twoCorralsThatLeadToEachOtherCutTheCircle() {
    int second = FreePort.find();
    String there = "backends: [{name: there, url: \"http://127.0.0.1:%d\"}]";
    try (RunningCorral one = RunningCorral.alone(there.formatted(second));
        RunningCorral two = RunningCorral.alone(second, there.formatted(one.port()))) {
      for (RunningCorral asked : List.of(one, two)) {
        // 508 from the one that finds its own mark; 503 once it has set the other aside.
        Answer answer = chat(asked);
        assertThat(answer.status()).as(answer.text()).isIn(503, 508);
        assertThat(answer.text()).contains("back to this");
      }
    }
  }

  @Test
  void aRequestThatHasBeenHereBeforeIsCut() {
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      chat(corral);
      Headers seen = node.exchanges("/api/chat").getFirst().request().headers();
      Headers again = Headers.of("X-Corral-Via", seen.first("X-Corral-Via").orElseThrow());
      try (RawClient client = RawClient.connect(corral.port())) {
        Answer answer = client.request("POST", "/api/chat", again, Body.of(CHAT)).answer();
        assertThat(answer.status()).isEqualTo(508);
        assertThat(answer.text()).contains("has been here before", "backends:");
      }
      assertThat(node.exchanges("/api/chat")).hasSize(1);
    }
  }

  @Test
  void aNodeThatDrainsEndsWhatItBeganAndGetsNothingNew() {
    try (OllamaNode one = OllamaNode.start();
        OllamaNode two = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(one, two)) {
      Answer drained = corral.manage("POST", "/manage/backends/one/drain", "{\"drain\":true}");
      assertThat(drained.status()).as(drained.text()).isLessThan(300);
      for (int i = 0; i < 5; i++) {
        assertThat(chat(corral).status()).isEqualTo(200);
      }
      assertThat(one.exchanges("/api/chat")).isEmpty();
      assertThat(two.exchanges("/api/chat")).hasSize(5);
      corral.manage("POST", "/manage/backends/two/drain", "{\"drain\":true}");
      Answer nobody = chat(corral);
      assertThat(nobody.status()).isEqualTo(503);
      assertThat(nobody.headers().first("Retry-After")).isPresent();
    }
  }

  @Test
  void aModelThatWasCopiedThroughUsIsKnownToLieThereSoonAfter() {
    try (OllamaNode node = OllamaNode.start();
        RunningCorral corral = RunningCorral.inFrontOf(node)) {
      String copy = "{\"source\":\"markov-a\",\"destination\":\"twin\"}";
      assertThat(RawClient.post(corral.port(), "/api/copy", copy).status()).isEqualTo(200);
      RunningCorral.await(
          () -> RawClient.get(corral.port(), "/manage/backends").text().contains("twin:latest"),
          "the copy is seen");
    }
  }

  private static void awaitState(RunningCorral corral, String state) {
    RunningCorral.await(
        () -> backend(corral).path("state").asText().equals(state), "the backend is " + state);
  }

  private static void awaitSetAside(RunningCorral corral) {
    RunningCorral.await(
        () -> backend(corral).path("why").asText().contains("this very instance"),
        "the backend is recognised");
    assertThat(backend(corral).path("why").asText()).contains("backends:", "OLLAMA_BASE_URL");
  }

  private static JsonNode backend(RunningCorral corral) {
    JsonNode listed = RawClient.get(corral.port(), "/manage/backends").json();
    return (listed.isArray() ? listed : listed.path("backends")).path(0);
  }

  private static Answer chat(RunningCorral corral) {
    return RawClient.post(corral.port(), "/api/chat", CHAT);
  }
}
