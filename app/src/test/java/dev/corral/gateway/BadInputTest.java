package dev.corral.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever somebody sends: a clear answer, nothing forwarded that could not be read, and the next
/// request is served.
class BadInputTest {
  private static OllamaNode node;
  private static RunningCorral corral;

  @BeforeAll
  static void open() {
    node = OllamaNode.start();
    corral =
        RunningCorral.with(
            "limits: {body: 2MiB}\npull: {registries: [\"http://127.0.0.1:5999\"]}\n", node);
  }

  @AfterAll
  static void close() {
    corral.close();
    node.close();
  }

  static Stream<Arguments> bodies() {
    String deep =
        "{\"model\":\"markov-a\",\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    return Stream.of(
        Arguments.of("{\"model\": x}", 400, "invalid character 'x'"),
        Arguments.of("", 400, "missing request body"),
        Arguments.of("{\"messages\":[]}", 400, "model is required"),
        Arguments.of("{\"model\":7}", 400, "json: cannot unmarshal number"),
        Arguments.of("{\"model\":\"a\",\"model\":\"b\"}", 400, "model"),
        Arguments.of("{\"model\":\"a\",\"MODEL\":\"b\"}", 400, "model"),
        Arguments.of(deep, 400, "exceeded max depth"),
        Arguments.of(named("../../etc/passwd"), 400, "invalid model name"),
        Arguments.of(named("a\\u0000b"), 400, "invalid model name"),
        Arguments.of(named("\uD83E\uDD99"), 400, "invalid model name"),
        Arguments.of(named("x".repeat(10_000)), 400, "invalid model name"),
        Arguments.of(named("gpt-oss:120b-cloud"), 403, "cloud is disabled"),
        Arguments.of(named("tier:gold"), 404, "No tier is called 'gold'"),
        Arguments.of(named("nope"), 404, "model 'nope' not found. Pull it: corral pull nope"));
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void aBodyThatCannotBeServedIsAnsweredInOllamasWords(String body, int status, String words) {
    Answer answer = RawClient.post(corral.port(), "/api/chat", body);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).contains(words);
  }

  @Test
  void nobodyIsToldToPullWhatShouldGoOrBeCopied() {
    Answer deleted;
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers json = Headers.of("Content-Type", "application/json");
      Body nope = Body.of("{\"model\":\"nope\"}");
      deleted = client.request("DELETE", "/api/delete", json, nope).answer();
    }
    Answer copied =
        RawClient.post(
            corral.port(), "/api/copy", "{\"source\":\"nope\",\"destination\":\"other\"}");
    assertThat(deleted.text()).isEqualTo("{\"error\":\"model 'nope' not found\"}");
    assertThat(copied.text()).isEqualTo("{\"error\":\"model \\\"nope\\\" not found\"}");
  }

  @Test
  void aNameWithAHostSendsANodeOutOnlyWhereThatIsAllowed() {
    int before = node.exchanges("/api/pull").size();
    Answer no =
        RawClient.post(corral.port(), "/api/pull", "{\"model\":\"registry.example.com/a/b\"}");
    assertThat(no.status()).isEqualTo(403);
    assertThat(no.text()).contains("pull.hosts: [default, hf.co, registry.example.com]");
    assertThat(node.exchanges("/api/pull")).hasSize(before);
    for (String name : List.of("markov-a", "hf.co/a/b", "127.0.0.1:5999/a/b")) {
      RawClient.post(corral.port(), "/api/pull", "{\"model\":\"" + name + "\"}");
      before++;
    }
    assertThat(node.exchanges("/api/pull")).hasSize(before);
  }

  @Test
  void aBodyAboveTheLimitIsRefusedBeforeItIsRead() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n");
      assertThat(client.readHead().status()).isEqualTo(413);
    }
  }

  @Test
  void aChunkedBodyThatNeverEndsIsCutAtTheLimit() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      sendWithoutEnd(client, 3);
      assertThat(client.readHead().status()).isEqualTo(413);
    }
  }

  @Test
  void whoSendsOnAfterTheRefusalReadsItAndSeesTheConnectionClose() throws InterruptedException {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
      Thread sender = Thread.ofVirtual().start(() -> sendWithoutEnd(client, 100));
      RawClient.Head head = client.readHead();
      assertThat(head.status()).isEqualTo(413);
      assertThat(head.headers().first("Connection")).contains("close");
      client.awaitClose();
      sender.join();
    }
    RunningCorral.await(
        () ->
            RawClient.get(corral.port(), "/metrics").text().contains("\ncorral_held_body_bytes 0"),
        "nothing of it is held");
  }

  @Test
  void whoEndsTheRefusedBodySeesTheConnectionCloseAtOnce() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send("POST /api/chat HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 2\r\n\r\n{}");
      assertThat(client.readHead().status()).isEqualTo(421);
      assertThat(client.awaitClose()).isEqualTo(Answer.Ending.CLOSED_EARLY);
    }
  }

  /// Chunks of 1 MiB, until the server takes no more.
  private static void sendWithoutEnd(RawClient client, int mebibytes) {
    byte[] chunk = ("100000\r\n" + " ".repeat(1 << 20) + "\r\n").getBytes(US_ASCII);
    try {
      for (int i = 0; i < mebibytes; i++) {
        client.send(chunk);
      }
    } catch (UncheckedIOException closed) {
      // What was wanted.
    }
  }

  @Test
  void aHeaderThatIsLongerThanAnyHonestOneIs431AfterItsFirst32KiB() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send("GET /api/tags HTTP/1.1\r\nHost: localhost\r\nX-Big: " + "x".repeat(40 << 10));
      assertThat(client.readHead().status()).isEqualTo(431);
    }
  }

  @Test
  void aPathThatNobodyKnowsIs404AndNeverForwarded() {
    int before = node.exchanges().size();
    assertThat(RawClient.get(corral.port(), "/api/../etc/passwd").status()).isEqualTo(404);
    assertThat(RawClient.get(corral.port(), "/nowhere").status()).isEqualTo(404);
    assertThat(node.exchanges().stream().skip(before).map(one -> one.request().path()))
        .noneMatch(path -> path.contains("nowhere") || path.contains("passwd"));
  }

  @Test
  void aWrongMethodIs405WithWhatIsAllowed() {
    Answer answer = RawClient.get(corral.port(), "/api/chat");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.headers().first("Allow")).contains("POST");
  }

  @Test
  void aForeignHostNameIs421WhileNoKeysAreInForce() {
    Answer answer = get("Host", "evil.example");
    assertThat(answer.status()).isEqualTo(421);
    assertThat(answer.text()).contains("server.hosts");
  }

  @Test
  void aRequestThroughAProxyIs421WhileNoKeysAreInForce() {
    assertThat(get("X-Forwarded-For", "203.0.113.7").status()).isEqualTo(421);
  }

  @Test
  void aPageOfAnotherOriginMayNotAsk() {
    assertThat(get("Origin", "https://example.com").status()).isEqualTo(403);
    assertThat(get("Origin", "http://localhost:3000").status()).isEqualTo(200);
  }

  @Test
  void theNextRequestIsServed() {
    String chat =
        "{\"model\":\"markov-a\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
    assertThat(RawClient.post(corral.port(), "/api/chat", chat).status()).isEqualTo(200);
  }

  private static Answer get(String header, String value) {
    Headers headers =
        header.equals("Host")
            ? Headers.of("Host", value)
            : Headers.of("Host", "localhost", header, value);
    try (RawClient client = RawClient.connect(corral.port())) {
      return client.request("GET", "/api/tags", headers, Body.EMPTY).answer();
    }
  }

  private static String named(String model) {
    return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  }
}
