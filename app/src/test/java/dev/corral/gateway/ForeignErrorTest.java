package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Fault;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.Where;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Errors that a backend, or a proxy in front of it, tells in no dialect that the caller knows, and
/// calls that it does not know at all: each is told in the dialect of the path.
class ForeignErrorTest {
  private static final String ASK =
      "{\"model\":\"%s\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String PAGE =
      "HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s";
  private static final String COUNT = "/v1/messages/count_tokens";

  private static OllamaNode node;
  private static RunningCorral corral;

  @BeforeAll
  static void open() {
    node = OllamaNode.start();
    corral = RunningCorral.with("aliases: {gpt-4o: markov-a}\n", node);
  }

  @AfterAll
  static void close() {
    corral.close();
    node.close();
  }

  private static String message(Answer answer) {
    JsonNode error = answer.json().path("error");
    return error.isTextual() ? error.asText() : error.path("message").asText();
  }

  private static Answer get(String path, String... headers) {
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers sent = Headers.of(headers).with("Connection", "close");
      return client.request("GET", path, sent, Body.EMPTY).answer();
    }
  }

  @Test
  void aBackendThatCountsNoTokensIsNamedInAnthropicsShape() {
    Answer answer = RawClient.post(corral.port(), COUNT, ASK.formatted("markov-a"));
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers().first("Content-Type")).hasValue("application/json");
    assertThat(answer.json().path("type").asText()).isEqualTo("error");
    assertThat(answer.json().at("/error/type").asText()).isEqualTo("not_found_error");
    assertThat(message(answer))
        .startsWith("The backend 'one' does not count tokens. Ask a model of Corral's own engine");
    assertThat(answer.headers().first("X-Corral-Model")).hasValue("markov-a");
  }

  @ParameterizedTest
  @CsvSource({"/api/chat", "/v1/chat/completions", "/v1/messages"})
  void theWebPageOfAProxyIsToldInTheCallersDialect(String path) {
    String page = "<html><title>Busy</title></html>";
    node.inject(
        new Fault.RawBytes(Body.of(PAGE.formatted(page.length(), page))), Where.path(path).once());
    Answer answer = RawClient.post(corral.port(), path, ASK.formatted("markov-a"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers().first("Content-Type").orElse("")).startsWith("application/json");
    assertThat(message(answer))
        .startsWith("The backend 'one' answered 503 without saying why")
        .contains("corral backends test one");
  }

  @Test
  void aLineOfPlainTextIsKeptWithoutThePathsInIt() {
    String line = "cannot open /var/lib/models/x: no space";
    node.inject(
        new Fault.RawBytes(Body.of(PAGE.formatted(line.length(), line))),
        Where.path("/v1/messages").once());
    Answer answer = RawClient.post(corral.port(), "/v1/messages", ASK.formatted("markov-a"));
    assertThat(answer.json().at("/error/type").asText()).isEqualTo("overloaded_error");
    assertThat(message(answer)).startsWith("cannot open ").doesNotContain("/var/lib");
  }

  @Test
  void anOllamaThatIsTooOldForACallIsSaidToBe() {
    String old =
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 18\r\n\r\n"
            + "404 page not found";
    node.inject(new Fault.RawBytes(Body.of(old)), Where.path("/v1/responses").once());
    Answer answer =
        RawClient.post(corral.port(), "/v1/responses", "{\"model\":\"markov-a\",\"input\":\"hi\"}");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(message(answer)).startsWith("The backend 'one' does not know this call");
    node.inject(new Fault.RawBytes(Body.of(old)), Where.path("/api/status").once());
    Answer listed = get("/api/status");
    assertThat(listed.status()).isEqualTo(404);
    assertThat(message(listed)).startsWith("The backend 'one' does not know this call");
  }

  @Test
  void oneModelIsToldInTheShapeThatTheClientAsksFor() {
    Answer openai = get("/v1/models/GPT-4o");
    assertThat(openai.json().path("object").asText()).isEqualTo("model");
    Answer anthropic = get("/v1/models/gpt-4o", "anthropic-version", "2023-06-01");
    assertThat(anthropic.status()).as(anthropic.text()).isEqualTo(200);
    assertThat(anthropic.json().path("type").asText()).isEqualTo("model");
    assertThat(anthropic.json().path("id").asText()).isEqualTo("gpt-4o");
  }

  @Test
  void aModelThatNobodyHasIsNoErrorOfTheOtherVendorsShape() {
    for (String name : List.of("nope", "some%2Fnope", "%zz")) {
      Answer openai = get("/v1/models/" + name);
      assertThat(openai.status()).isEqualTo(404);
      assertThat(openai.json().has("type")).isFalse();
      assertThat(message(openai)).contains("not found. Pull it: corral pull ");
      Answer anthropic = get("/v1/models/" + name, "anthropic-version", "2023-06-01");
      assertThat(anthropic.status()).isEqualTo(404);
      assertThat(anthropic.json().path("type").asText()).isEqualTo("error");
      assertThat(anthropic.json().at("/error/type").asText()).isEqualTo("not_found_error");
      assertThat(message(anthropic)).isEqualTo(message(openai));
    }
  }

  @Test
  void whoMayNotComeInIsToldSoInItsOwnShape() {
    Answer stranger = get("/v1/models", "Host", "evil.example", "anthropic-version", "2023-06-01");
    assertThat(stranger.status()).isEqualTo(421);
    assertThat(stranger.json().path("type").asText()).isEqualTo("error");
  }
}
