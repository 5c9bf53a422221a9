package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.blobs.Shop;
import dev.corral.testkit.Answer;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// `quantize` of `/api/create`, by llama.cpp itself in a process of its own.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuantizeTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FOX = " The quick brown fox jumps over the lazy dog.";

  private RunningCorral corral;

  @BeforeAll
  void start() throws IOException {
    corral = EngineFiles.start();
    corral.upload(Shop.tiny("markov-a"));
  }

  @AfterAll
  void stop() {
    if (corral != null) {
      corral.close();
    }
  }

  private static List<JsonNode> events(Answer answer) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    for (String line : answer.text().lines().toList()) {
      events.add(JSON.readTree(line));
    }
    return events;
  }

  private static List<String> statuses(List<JsonNode> events) {
    return events.stream().map(event -> event.path("status").asText()).distinct().toList();
  }

  private String levelOf(String model) {
    Answer shown = corral.post("/api/show", "{'model':'" + model + "'}");
    return shown.json().at("/details/quantization_level").asText();
  }

  private long weightsOf(String model) {
    JsonNode tags = RawClient.get(corral.port(), "/api/tags").json().path("models");
    for (JsonNode tag : tags) {
      if (tag.path("name").asText().equals(model + ":latest")) {
        return tag.path("size").asLong();
      }
    }
    throw new AssertionError(model + " is not listed");
  }

  private String said(String model) {
    return corral
        .post(
            "/api/chat",
            "{'model':'"
                + model
                + "','messages':[{'role':'user','content':'x'}],"
                + "'options':{'temperature':0},'stream':false}")
        .json()
        .at("/message/content")
        .asText();
  }

  @Test
  void aModelIsMadeSmallerAsOllamaTellsItAndStillKnowsItsSentence() throws IOException {
    String digest = corral.upload(Shop.tiny("markov-a"));
    corral.post(
        "/api/create", "{'model':'whole','files':{'a.gguf':'" + digest + "'},'stream':false}");

    List<JsonNode> events =
        events(corral.post("/api/create", "{'model':'small','from':'whole','quantize':'q8_0'}"));

    String quantizing = "quantizing F32 model to Q8_0";
    assertThat(statuses(events))
        .startsWith(quantizing, "verifying conversion")
        .endsWith("writing manifest", "success");
    JsonNode last =
        events.stream()
            .filter(event -> event.path("status").asText().equals(quantizing))
            .reduce((_, later) -> later)
            .orElseThrow();
    assertThat(last.path("digest").asText()).isEqualTo("0000000000000000000");
    assertThat(last.path("completed").asLong()).isEqualTo(last.path("total").asLong());
    assertThat(levelOf("small")).isEqualTo("Q8_0");
    assertThat(weightsOf("small")).isLessThan(weightsOf("whole"));
    assertThat(said("small")).isEqualTo(FOX);
  }

  @Test
  void aFileIsMadeSmallerWhileAModelIsMadeOfIt() throws IOException {
    String digest = corral.upload(Shop.tiny("markov-a"));

    Answer made =
        corral.post(
            "/api/create",
            "{'model':'tiny','files':{'a.gguf':'"
                + digest
                + "'},'quantize':'q4_K_M','stream':false}");

    assertThat(made.status()).as(made.text()).isEqualTo(200);
    assertThat(levelOf("tiny")).isEqualTo("Q4_K_M");
    Answer again = corral.post("/api/create", "{'model':'x','from':'tiny','quantize':'q8_0'}");
    assertThat(again.text())
        .contains("quantization is only supported for F16, BF16 and F32 models");
  }

  @Test
  void whatLlamaCppRefusesIsToldAndLeavesNothingBehind() throws IOException {
    byte[] file = Shop.tiny("markov-a");
    String text = new String(file, StandardCharsets.ISO_8859_1);
    byte[] odd =
        text.replace("llama.block_count", "llama.block_kount")
            .getBytes(StandardCharsets.ISO_8859_1);
    String digest = corral.upload(odd);
    Path store = corral.home().resolve("models");

    Answer answer =
        corral.post(
            "/api/create",
            "{'model':'odd','files':{'a.gguf':'" + digest + "'},'quantize':'q8_0','stream':false}");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.json().path("error").asText())
        .startsWith("the weights could not be quantized: ")
        .doesNotContain(store.toString());
    try (Stream<Path> work = Files.walk(store.resolve(".corral/work"))) {
      assertThat(work.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString))
          .containsExactly("alive");
    }
  }
}
