package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.dialect.GoJson;
import dev.corral.dialect.Words;
import dev.corral.model.Layer;
import dev.corral.node.Desks.Said;
import dev.corral.testkit.TestModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Continued texts of the own node, as Ollama answers them.
class GenerateTest {
  private static final String DEBUG = ",'_debug_render_only':true}";

  @TempDir Path folder;

  private Desks fox() {
    return new Desks(folder, TestModel.says("fox", TestModel.FOX), 4096).model("fox", Desks.CHATML);
  }

  private static String rendered(Desks desks, String ask) {
    Said said = desks.ask("/api/generate", ask + DEBUG);
    assertThat(said.status()).as(said.text()).isEqualTo(200);
    return said.json().at("/_debug_info/rendered_template").asText();
  }

  @Test
  void theLastFrameTellsTheTokensOfPromptAndAnswer() {
    try (Desks desks = fox()) {
      List<JsonNode> lines = desks.ask("/api/generate", "{'model':'fox','prompt':'hi'}").lines();
      assertThat(lines).hasSize(10);
      assertThat(lines.getFirst().propertyStream().map(Map.Entry::getKey))
          .containsExactly("model", "created_at", "response", "done");
      JsonNode last = lines.getLast();
      assertThat(last.path("context").size()).isGreaterThan(9);
      assertThat(last.path("prompt_eval_count").asInt()).isPositive();
    }
  }

  @Test
  void earlierTokensComeInFrontOfThePrompt() {
    try (Desks desks = fox()) {
      JsonNode first =
          desks.ask("/api/generate", "{'model':'fox','prompt':'one','stream':false}").json();
      String prompt =
          rendered(desks, "{'model':'fox','prompt':'two','context':" + first.path("context"));
      assertThat(prompt).contains("one", TestModel.FOX).endsWith("<|im_start|>assistant\n");
    }
  }

  @Test
  void aRawPromptIsSentAsItIsAndTellsNoTokens() {
    try (Desks desks = fox()) {
      Said said =
          desks.ask(
              "/api/generate", "{'model':'fox','prompt':'<|im_end|>','raw':true,'stream':false}");
      assertThat(said.json().has("context")).isFalse();
      assertThat(desks.asked().path("prompt").asText()).isEqualTo("<|im_end|>");
      Said no = desks.ask("/api/generate", "{'model':'fox','prompt':'x','raw':true,'system':'y'}");
      assertThat(no.text())
          .isEqualTo("{\"error\":\"raw mode does not support template, system, or context\"}");
    }
  }

  @Test
  void aRequestMayBringItsOwnTemplateAndSystemPrompt() {
    try (Desks desks = fox()) {
      assertThat(
              rendered(
                  desks,
                  "{'model':'fox','prompt':'hi','system':'sys',"
                      + "'template':'{{ .System }}|{{ .Prompt }}|'"))
          .isEqualTo("sys|hi|");
      Said wrong =
          desks.ask("/api/generate", "{'model':'fox','prompt':'hi','template':'{{ if }}'}");
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.text()).contains("template");
    }
  }

  @Test
  void aGapIsFilledWhereTheTemplateKnowsHow() {
    try (Desks desks =
        fox()
            .model(
                "coder",
                Map.of(),
                Map.of(
                    Layer.TEMPLATE,
                    "{{ if .Suffix }}<pre>{{ .Prompt }}<suf>{{ .Suffix }}<mid>{{ else }}"
                        + "{{ .Prompt }}{{ end }}"))) {
      assertThat(rendered(desks, "{'model':'coder','prompt':'a','suffix':'b'"))
          .isEqualTo("<pre>a<suf>b<mid>");
      Said no = desks.ask("/api/generate", "{'model':'fox','prompt':'a','suffix':'b'}");
      assertThat(no.status()).isEqualTo(400);
      assertThat(no.text()).contains("library/fox:latest does not support insert");
    }
  }

  @Test
  void aModelWithoutATemplateGetsThePromptAsItIs() {
    try (Desks desks = fox().model("bare", Map.of(), Map.of())) {
      assertThat(rendered(desks, "{'model':'bare','prompt':'hi'")).isEqualTo("hi");
    }
  }

  @Test
  void probabilitiesAreToldWithTheirBytes() {
    try (Desks desks = fox()) {
      JsonNode said =
          desks
              .ask(
                  "/api/generate",
                  "{'model':'fox','prompt':'x','stream':false,'logprobs':true,'top_logprobs':2,"
                      + "'options':{'num_predict':1}}")
              .json();
      assertThat(said.path("done_reason").asText()).isEqualTo("length");
      assertThat(GoJson.text(said.path("logprobs").get(0)))
          .isEqualTo(
              "{\"token\":\" The\",\"logprob\":0,\"bytes\":[32,84,104,101],\"top_logprobs\":"
                  + "[{\"token\":\" The\",\"logprob\":0,\"bytes\":[32,84,104,101]}]}");
      assertThat(
              desks.ask("/api/generate", "{'model':'fox','prompt':'x','top_logprobs':21}").text())
          .isEqualTo("{\"error\":\"top_logprobs must be between 0 and 20\"}");
    }
  }

  @Test
  void namesThatLeadNowhereAreAnsweredInOllamasWords() {
    try (Desks desks = fox()) {
      assertThat(desks.ask("/api/generate", "{'prompt':'x'}").text())
          .isEqualTo("{\"error\":\"model '' not found\"}");
      assertThat(desks.ask("/api/chat", "{'messages':[]}").text())
          .isEqualTo("{\"error\":\"model is required\"}");
      assertThat(desks.ask("/api/generate", "{'model':'no such'}").text())
          .isEqualTo("{\"error\":\"invalid model name\"}");
      assertThat(desks.ask("/api/embed", "{'model':'nope','input':'x'}").text())
          .isEqualTo("{\"error\":\"model \\\"nope\\\" not found, try pulling it first\"}");
      assertThat(desks.ask("/api/nope", "").text()).isEqualTo("404 page not found");
      assertThat(desks.ask("/api/version", "{}").text()).isEqualTo("405 method not allowed");
      assertThat(desks.ask("/api/version", "").json().path("version").asText())
          .isEqualTo(Words.OLLAMA_VERSION);
    }
  }
}
