package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Content;
import dev.corral.testkit.Headers;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `/manage/hub` of the whole program, in front of a double of the Hub.
class HubCallsTest {
  private static final String REPO = "owner/repo";

  @TempDir private Path home;
  private final HubDouble hub = HubDouble.builder().key("hf_secret").start();
  private Wiring corral;

  @BeforeEach
  void open() throws IOException {
    open("engine: {enabled: \"true\"}\n");
    hub.file(REPO, "m-Q4_K_M.gguf", Content.of("no header at all"));
  }

  private void open(String yaml) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), yaml);
    Map<String, String> variables =
        Map.of("HF_ENDPOINT", hub.url().toString(), "HF_TOKEN", "hf_secret");
    corral = Wiring.start(home, null, Map.of("server.port", "0"), variables, System.err);
  }

  @AfterEach
  void close() {
    corral.close();
    hub.close();
  }

  private Answer asked(String query) {
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers headers = Headers.of("Connection", "close");
      return client.request("GET", "/manage/hub" + query, headers, Body.EMPTY).answer();
    }
  }

  private Answer repository(String text) {
    return asked("?repo=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
  }

  @Test
  void aQuestionIsForARepositoryOrForWordsAndNotForBoth() {
    for (String query : new String[] {"", "?repo=", "?repo=a/b&q=c", "?q=" + "x".repeat(301)}) {
      Answer answer = asked(query);
      assertThat(answer.status()).as(query).isEqualTo(400);
    }
    assertThat(asked("").json().path("next").asText()).contains("/manage/hub?repo=OWNER/REPO");
    Answer wrong = repository("https://huggingface.co/datasets/a/b");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().path("detail").asText()).contains("which is no model");
  }

  @Test
  void aFileThatIsNoModelIsWeighedByItsSizeAndThatIsSaid() {
    JsonNode found = repository(REPO).json();
    assertThat(found.path("choices").path(0).path("exact").asBoolean()).isFalse();
    assertThat(found.path("choices").path(0).path("verdict").asText()).isEqualTo("perfect");
    assertThat(found.path("notes").toString())
        .contains("figures are rough", "This is not a GGUF file");
  }

  @Test
  void whatIsMissingDeniedOrBusyHasItsOwnStatusAndANextStep() {
    Answer missing = repository("owner/nothing");
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.json().path("next").asText()).contains("HF_TOKEN must belong to somebody");

    hub.file("owner/plain", "model.safetensors", Content.of("x"));
    Answer none = repository("owner/plain");
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.json().path("detail").asText()).isEqualTo("'owner/plain' has no GGUF file");

    hub.play(Mischief.status(403), Where.path(HubDouble.listingPath(REPO)));
    assertThat(repository(REPO).status()).isEqualTo(403);
    hub.behave();
    hub.play(new Mischief.Page(), Where.path(HubDouble.listingPath(REPO)));
    assertThat(repository(REPO).status()).isEqualTo(502);
    hub.behave();
    hub.play(Mischief.busy(429, Duration.ofSeconds(90)), Where.path("/api/models"));
    Answer busy = asked("?q=words");
    assertThat(busy.status()).isEqualTo(503);
    assertThat(busy.headers().first("Retry-After")).contains("90");
  }

  @Test
  void aFileNameWithAScriptNeverReachesAPage() {
    hub.file(REPO, "<script>alert(1)</script>-Q8_0.gguf", Content.of("x"));
    String body = repository(REPO).text();
    assertThat(body).doesNotContain("<script", "</script").contains("Q4_K_M");
  }

  @Test
  void aHubThatMayNotBeAskedIsToldWithTheLineThatAllowsIt() throws IOException {
    corral.close();
    open("engine: {enabled: \"true\"}\npull: {hosts: [default]}\n");
    Answer refused = repository(REPO);
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().path("next").asText()).contains("pull.registries: [");
    assertThat(hub.exchanges()).isEmpty();
  }
}
