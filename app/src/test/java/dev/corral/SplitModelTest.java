package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.blobs.Shop;
import dev.corral.gguf.Splitting;
import dev.corral.model.Digest;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Content;
import dev.corral.testkit.Headers;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A model that its owner cut into files, from the pull to the answer of llama.cpp.
@Tag("slow")
class SplitModelTest {
  private static final String REPOSITORY = "owner/Fox-GGUF";
  private static final String NAME = "hf.co/" + REPOSITORY + ":Q8_0";
  private static final String FOX = " The quick brown fox jumps over the lazy dog.";
  private static final int PARTS = 3;

  @TempDir private Path home;

  @Test
  void aModelOfThreeFilesIsJoinedAndSaysItsSentence() throws Exception {
    EngineFiles.use();
    byte[] fox = Shop.tiny("markov-a");
    try (HubDouble hub = HubDouble.start()) {
      // As the Hub refuses a set of parts.
      hub.play(Mischief.status(400), Where.path("/v2/" + REPOSITORY + "/manifests/Q8_0"));
      List<byte[]> parts = Splitting.parts(fox, PARTS);
      for (int i = 0; i < PARTS; i++) {
        String file = "Fox-Q8_0-%05d-of-%05d.gguf".formatted(i + 1, PARTS);
        hub.file(REPOSITORY, file, Content.of(parts.get(i)));
      }
      try (Wiring corral = start(hub)) {
        JsonNode pull = ask(corral, "POST", "/manage/pulls", "{\"model\":\"" + NAME + "\"}").json();
        String job = "/manage/pulls/" + pull.path("id").asText();
        RunningCorral.await(
            () -> !ask(corral, "GET", job, "").json().path("endedAt").isNull(), "the pull is over");
        assertThat(ask(corral, "GET", job, "").json().path("state").asText()).isEqualTo("done");
        Answer answer =
            ask(
                corral,
                "POST",
                "/api/chat",
                "{\"model\":\""
                    + NAME
                    + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],"
                    + "\"options\":{\"temperature\":0},\"stream\":false}");
        assertThat(answer.json().at("/message/content").asText()).as(answer.text()).isEqualTo(FOX);
      }
    }
    Path blob = home.resolve("models/blobs/sha256-" + Digest.of(fox).hex());
    assertThat(blob).as("joined, it is the file that was split").hasBinaryContent(fox);
  }

  private Wiring start(HubDouble hub) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), EngineFiles.ALONE);
    Map<String, String> variables = Map.of("HF_ENDPOINT", hub.url().toString());
    return Wiring.start(home, null, Map.of("server.port", "0"), variables, System.err);
  }

  private static Answer ask(Wiring corral, String method, String path, String json) {
    try (RawClient client = RawClient.connect(corral.port(), Duration.ofMinutes(2), 0)) {
      Headers headers = Headers.of("Connection", "close", "Content-Type", "application/json");
      return client.request(method, path, headers, Body.of(json)).answer();
    }
  }
}
