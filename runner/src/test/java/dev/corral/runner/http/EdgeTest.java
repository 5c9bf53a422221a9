package dev.corral.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.runner.TinyModels;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What our runner does beyond the contract: its words, its bounds, grammars, thinking and tools.
class EdgeTest {
  @TempDir static Path folder;
  private static Runner runner;
  private static Child fox;

  @BeforeAll
  static void start() {
    runner = new Runner(TinyModels.natives(), folder);
    fox = runner.start(runner.unpacked("markov-a"), List.of("--ctx-size", "1024"));
  }

  @AfterAll
  static void stop() {
    if (fox != null) {
      fox.close();
    }
  }

  @Test
  void everyWrongFieldIsNamed() {
    assertThat(refusal("/completion", "{bad"))
        .startsWith("The request is no JSON: ")
        .endsWith("(line 1, column 2)");
    assertThat(refusal("/completion", "[]")).isEqualTo("The request must be a JSON object");
    assertThat(refusal("/completion", "{}")).isEqualTo("Field 'prompt' is missing");
    assertThat(refusal("/completion", "{\"prompt\": [99999]}"))
        .startsWith("Field 'prompt' holds token 99999; there are 0 to ");
    assertThat(refusal("/completion", "{\"prompt\": [\"a\", \"b\"]}")).startsWith("One prompt");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"n_predict\": \"x\"}"))
        .isEqualTo("Field 'n_predict' must be a whole number");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"n_predict\": -2}"))
        .isEqualTo("Field 'n_predict' must be at least -1");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"temperature\": \"hot\"}"))
        .isEqualTo("Field 'temperature' must be a number");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"stream\": 1}"))
        .isEqualTo("Field 'stream' must be true or false");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"stop\": [1]}"))
        .isEqualTo("Field 'stop' must be a text or a list of texts");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"grammar\": \"root ::= (\"}"))
        .contains("grammar");
    assertThat(refusal("/completion", "{\"prompt\": \"a\", \"json_schema\": {\"type\": \"x\"}}"))
        .contains("'x' is no type");
    assertThat(refusal("/v1/chat/completions", "{\"messages\": [5]}")).contains("role and content");
    assertThat(refusal("/v1/embeddings", "{\"input\": []}")).contains("must not be empty");
  }

  @Test
  void nullFieldsCountAsMissing() {
    JsonNode answer =
        fox.ask(
            "/completion",
            "{\"prompt\": \"a\", \"n_predict\": 1, \"stop\": null, \"seed\": null, \"grammar\":"
                + " null}");
    assertThat(answer.path("tokens_predicted").asInt()).isEqualTo(1);
  }

  @Test
  void anEmptyPromptIsAnsweredWithNothing() {
    JsonNode answer = fox.ask("/completion", "{\"prompt\": \"\"}");
    assertThat(answer.path("content").asText()).isEmpty();
    assertThat(answer.path("stop_type").asText()).isEqualTo("none");
  }

  @Test
  void aSchemaBindsTheAnswer() {
    String body = "{\"prompt\": \"a\", \"temperature\": 0, \"json_schema\": %s}";
    JsonNode answer = fox.ask("/completion", body.formatted("{\"enum\": [\"yes\", \"no\"]}"));
    assertThat(answer.path("content").asText()).isIn("\"yes\"", "\"no\"");
    String number = "{\"type\": \"integer\", \"minimum\": 40, \"maximum\": 42}";
    answer = fox.ask("/completion", body.formatted(number));
    assertThat(answer.path("content").asText()).isIn("40", "41", "42");
    String list =
        "{\"type\": \"array\", \"items\": {\"const\": 7}, \"minItems\": 2, \"maxItems\": 2}";
    answer = fox.ask("/completion", body.formatted(list));
    assertThat(answer.path("content").asText().replaceAll("\\s", "")).isEqualTo("[7,7]");
  }

  @Test
  void whatAUserTypesNeverBecomesAControlToken() {
    int plain = promptTokens("x");
    assertThat(promptTokens("<|im_end|>")).isGreaterThan(plain + 5);
    assertThat(fox.ask("/tokenize", "{\"content\": \"<|im_end|>\"}").path("tokens")).hasSize(1);
  }

  private static int promptTokens(String text) {
    String body =
        "{\"messages\": [{\"role\": \"user\", \"content\": \"" + text + "\"}], \"max_tokens\": 1}";
    return fox.ask("/v1/chat/completions", body).at("/usage/prompt_tokens").asInt();
  }

  @Test
  void thinkingIsToldApart() {
    try (Child think =
        runner.start(runner.unpacked("markov-think"), List.of("--ctx-size", "512"))) {
      String body =
          "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"temperature\": 0%s}";
      JsonNode message =
          think.ask("/v1/chat/completions", body.formatted("")).at("/choices/0/message");
      assertThat(message.path("reasoning_content").asText()).isEqualTo(" Let me think.");
      assertThat(message.path("content").asText()).isEqualTo(TinyModels.SENTENCE);
      Answer stream = think.post("/v1/chat/completions", body.formatted(", \"stream\": true"));
      assertThat(stream.text()).contains("\"delta\":{\"reasoning_content\":\" think.\"}");
    }
  }

  @Test
  void aRequestThatIsTooLargeIsRefusedInWords() {
    try (RawClient client = fox.connect()) {
      Headers headers =
          Headers.of("Authorization", "Bearer " + Child.KEY, "Content-Length", "70000000");
      Answer answer = client.request("POST", "/completion", headers, Body.of("{")).answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.json().at("/error/message").asText())
          .matches("The request is larger than \\d+ MiB");
    }
  }

  @Test
  void aHeadThatIsTooLongOrNoHttpIsRefused() {
    try (RawClient client = fox.connect()) {
      Headers headers = Headers.of("X-Long", "x".repeat(100_000));
      assertThat(client.request("GET", "/props", headers, Body.EMPTY).readHead().status())
          .isEqualTo(400);
    }
    try (RawClient client = fox.connect()) {
      assertThat(client.send("nonsense\r\n\r\n").readHead().status()).isEqualTo(400);
    }
  }

  @Test
  void aRefusedBodyIsReadFarEnoughForItsSenderToSeeTheRefusal() {
    try (RawClient client = fox.connect()) {
      Body large = Body.of("x".repeat(500_000));
      assertThat(client.request("POST", "/completion", Headers.of(), large).answer().status())
          .isEqualTo(401);
    }
  }

  @Test
  void aBodyMayComeInChunks() {
    try (RawClient client = fox.connect()) {
      Headers headers =
          Headers.of("Authorization", "Bearer " + Child.KEY, "Transfer-Encoding", "chunked");
      client.request("POST", "/tokenize", headers, Body.EMPTY);
      client.send("d\r\n{\"content\": \"\r\n7;a=b\r\n The\"} \r\n0\r\n\r\n");
      assertThat(client.answer().json().path("tokens")).hasSize(1);
    }
  }

  @Test
  void aBodyWithTwoLengthsIsRefused() {
    for (String second : List.of("Content-Length: 3", "Transfer-Encoding: chunked")) {
      try (RawClient client = fox.connect()) {
        client.send(
            "POST /tokenize HTTP/1.1\r\nAuthorization: Bearer %s\r\nContent-Length: 2\r\n%s\r\n\r\n{}"
                .formatted(Child.KEY, second));
        assertThat(client.readHead().status()).isEqualTo(400);
      }
    }
  }

  @Test
  void whoAsksToCloseSeesTheEndOfTheConnection() {
    try (RawClient client = fox.connect()) {
      Headers headers = Headers.of("Connection", "close");
      assertThat(client.request("GET", "/health", headers, Body.EMPTY).answer().status())
          .isEqualTo(200);
      assertThat(client.awaitClose()).isNotNull();
    }
  }

  @Test
  void oneConnectionServesManyRequestsAlsoThoseSentAhead() {
    try (RawClient client = fox.connect()) {
      for (int i = 1; i <= 3; i++) {
        Child.send(client, "/completion", "{\"prompt\": \"a\", \"n_predict\": " + i + "}");
      }
      for (int i = 1; i <= 3; i++) {
        assertThat(client.answer().json().path("tokens_predicted").asInt()).isEqualTo(i);
      }
    }
  }

  private static String refusal(String path, String body) {
    Answer answer = fox.post(path, body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
    return answer.json().at("/error/message").asText();
  }
}
