package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.node.Desks.Said;
import dev.corral.testkit.TestModel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Vectors of the own node, as Ollama tells them.
class EmbedTest {
  @TempDir Path folder;

  private Desks words() {
    return new Desks(folder, TestModel.embeds("embed"), 64)
        .model("embed", Map.of("pooling", "1"), Map.of())
        .model("fox", Desks.CHATML);
  }

  private static double length(JsonNode vector) {
    return Math.sqrt(vector.valueStream().mapToDouble(x -> x.asDouble() * x.asDouble()).sum());
  }

  @Test
  void severalTextsHaveAVectorEachOfLengthOne() {
    try (Desks desks = words()) {
      JsonNode answer =
          desks
              .ask("/api/embed", "{'model':'embed','input':['The quick brown','The quick fox']}")
              .json();
      assertThat(answer.path("embeddings")).hasSize(2);
      answer.path("embeddings").forEach(one -> assertThat(length(one)).isBetween(0.999, 1.001));
      assertThat(answer.path("prompt_eval_count").asInt()).isPositive();
      assertThat(desks.runner.exchanges("/v1/embeddings")).as("in one call").hasSize(1);
    }
  }

  @Test
  void aShorterVectorHasLengthOneToo() {
    try (Desks desks = words()) {
      JsonNode vector =
          desks
              .ask("/api/embed", "{'model':'embed','input':'The quick brown','dimensions':8}")
              .json()
              .path("embeddings")
              .get(0);
      assertThat(vector).hasSize(8);
      assertThat(length(vector))
          .satisfiesAnyOf(
              length -> assertThat(length).isZero(),
              length -> assertThat(length).isBetween(0.999, 1.001));
    }
  }

  @Test
  void aTextThatIsTooLongIsCutOrRefused() {
    try (Desks desks = words()) {
      String ask = "{'model':'embed','input':'" + "word ".repeat(300) + "'%s}";
      assertThat(desks.ask("/api/embed", ask.formatted("")).status()).isEqualTo(200);
      JsonNode sent =
          Desks.json(desks.runner.exchanges("/v1/embeddings").getLast().request().body().text());
      assertThat(sent.path("input").get(0).asText().split("word", -1)).hasSizeBetween(50, 66);
      Said no = desks.ask("/api/embed", ask.formatted(",'truncate':false"));
      assertThat(no.status()).isEqualTo(400);
      assertThat(no.text())
          .isEqualTo("{\"error\":\"the input length exceeds the context length\"}");
    }
  }

  @Test
  void aContextThatTheRequestShortensCutsTheText() {
    try (Desks desks = words()) {
      String ask = "{'model':'embed','input':'why is the sky blue','options':{'num_ctx':%d}}";
      assertThat(desks.ask("/api/embed", ask.formatted(3)).status()).isEqualTo(200);
      JsonNode sent =
          Desks.json(desks.runner.exchanges("/v1/embeddings").getLast().request().body().text());
      assertThat(sent.path("input").get(0).asText()).isEqualTo("why");
      assertThat(desks.ask("/api/embed", ask.formatted(1)).text())
          .isEqualTo("{\"error\":\"input after truncation exceeds maximum context length\"}");
      assertThat(desks.loads.getLast().options().contextLength()).isEqualTo(1);
    }
  }

  @Test
  void nothingToEmbedOnlyLoads() {
    try (Desks desks = words()) {
      assertThat(desks.ask("/api/embed", "{'model':'embed','input':[]}").text())
          .isEqualTo("{\"model\":\"embed\",\"embeddings\":[]}");
      assertThat(desks.ask("/api/embeddings", "{'model':'embed'}").text())
          .isEqualTo("{\"embedding\":[]}");
      assertThat(desks.loads).hasSize(2);
    }
  }

  @Test
  void aModelOfTextSaysThatItHasNoVectors() {
    try (Desks desks = words()) {
      Said no = desks.ask("/api/embed", "{'model':'fox','input':'x'}");
      assertThat(no.status()).isEqualTo(501);
      assertThat(no.text()).contains("\\\"fox\\\" does not support embeddings");
      assertThat(desks.ask("/api/embed", "{'model':'embed','input':[1]}").text())
          .isEqualTo("{\"error\":\"invalid input type\"}");
    }
  }

  @Test
  void openAisCallPacksNumbersWhereItIsAskedTo() {
    try (Desks desks = words()) {
      JsonNode answer =
          desks
              .ask(
                  "/v1/embeddings",
                  "{'model':'embed','input':'a','encoding_format':'base64','dimensions':2}")
              .json();
      assertThat(answer.at("/data/0/embedding").asText()).hasSize(12);
      assertThat(answer.at("/usage/prompt_tokens").asInt()).isPositive();
      assertThat(desks.ask("/v1/embeddings", "{'model':'embed','input':[]}").text())
          .contains("\"message\":\"invalid input\",\"type\":\"invalid_request_error\"");
    }
  }
}
