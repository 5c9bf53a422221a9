package dev.corral.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Fault;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What no Ollama says and other servers do, right or wrong, and callers that speak an older HTTP.
class OddBackendTest {
  private static final String WHOLE =
      "{\"model\":\"markov-a\",\"message\":{\"role\":\"assistant\",\"content\":\"hé\"},\"done\":true}";
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":%s,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final String JSON = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

  private final OllamaNode node = OllamaNode.start();
  private final RunningCorral corral = RunningCorral.with("protected: [hen]\n", node);

  @AfterEach
  void close() {
    corral.close();
    node.close();
  }

  private Answer chat(String stream) {
    return RawClient.post(corral.port(), "/api/chat", CHAT.formatted(stream));
  }

  private static String sized(String head, String body) {
    return head + "Content-Length: " + Body.of(body).size() + "\r\n\r\n" + body;
  }

  static Stream<Arguments> odd() {
    String chunks = "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n";
    String inTwo =
        "a;name=\"v\"\r\n%s\r\n%x\r\n%s\r\n0\r\nX-Sum: 7\r\n\r\n"
            .formatted(WHOLE.substring(0, 10), Body.of(WHOLE).size() - 10, WHOLE.substring(10));
    return Stream.of(
        Arguments.of("announced", "HTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + sized(JSON, WHOLE), 200),
        Arguments.of("without a length", JSON + "\r\n" + WHOLE, 200),
        Arguments.of("in HTTP/1.0", sized(JSON.replace("1.1", "1.0"), WHOLE), 200),
        Arguments.of("chunks with extensions and trailers", JSON + chunks + inTwo, 200),
        Arguments.of("a length and chunks", JSON + "Content-Length: 3\r\n" + chunks + inTwo, 200),
        Arguments.of("no content", sized("HTTP/1.1 204 No Content\r\n", WHOLE), 502),
        Arguments.of("not modified", sized("HTTP/1.1 304 Not Modified\r\n", WHOLE), 502),
        Arguments.of("no status", sized(JSON.replace("200", "2OO"), WHOLE), 502),
        Arguments.of("a status below all", sized(JSON.replace("200", "-20"), WHOLE), 502),
        Arguments.of("an endless header", JSON + "X: " + "x".repeat(100_000), 502),
        Arguments.of("not one line of HTTP", "garbage\r\n".repeat(100), 502));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("odd")
  void anAnswerIsUnderstoodOrToldAsAFailureAndTheNextOneIsServed(
      String what, String bytes, int status) {
    node.inject(new Fault.RawBytes(Body.of(bytes)), Where.inference().once());
    Answer answer = chat("false");
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.complete()).isTrue();
    if (status == 200) {
      assertThat(answer.text()).isEqualTo(WHOLE);
    }
    assertThat(chat("false").status()).isEqualTo(200);
  }

  @Test
  void aHeaderThatNobodyMaySendOnLeavesNobodyWaiting() {
    List<String> values = List.of("a\1b", "a\177b", "a\u00e9b", "a\tb");
    for (String value : values) {
      Body bytes = Body.of(sized(JSON + "X-Odd: " + value + "\r\n", WHOLE));
      node.inject(new Fault.RawBytes(bytes), Where.inference().once());
      assertThat(chat("false").status()).as(value).isIn(200, 502);
    }
    RunningCorral.await(
        () -> corral.log().split("\"route\":\"CHAT\"", -1).length > values.size(),
        "the last exchange is in the log");
    assertThat(corral.log()).doesNotContain("could not be served");
  }

  @Test
  void whatABackendPackedPassesUntouched() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(Body.of(WHOLE).bytes());
    }
    Body body = Body.of(packed.toByteArray());
    String head = JSON + "Content-Encoding: gzip\r\nContent-Length: " + body.size() + "\r\n\r\n";
    node.inject(
        new Fault.RawBytes(Body.join(List.of(Body.of(head), body))), Where.inference().once());
    try (RawClient client = RawClient.connect(corral.port())) {
      client.post("/api/chat", CHAT.formatted("false"));
      RawClient.Head answered = client.readHead();
      assertThat(answered.status()).isEqualTo(200);
      assertThat(answered.headers().first("Content-Encoding")).hasValue("gzip");
      assertThat(client.readBytes(body.size())).isEqualTo(body);
    }
  }

  @Test
  void aCallerOfHttp10GetsItsWholeStreamAndThenTheEndOfTheConnection() {
    for (String keep : List.of("", "Connection: keep-alive\r\n")) {
      try (RawClient client = RawClient.connect(corral.port())) {
        String json = CHAT.formatted("true");
        client.send(
            "POST /api/chat HTTP/1.0\r\n%sContent-Length: %d\r\n\r\n%s"
                .formatted(keep, json.length(), json));
        Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().has("Transfer-Encoding")).isFalse();
        assertThat(answer.text()).startsWith("{").endsWith("}\n").contains("\"done\":true");
      }
    }
  }

  @Test
  void whoAsksWhetherToSendTheBodyIsToldTo() {
    try (RawClient client = RawClient.connect(corral.port())) {
      String json = CHAT.formatted("false");
      client.send(
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
              + "Content-Length: "
              + json.length()
              + "\r\n\r\n");
      assertThat(client.readBytes("HTTP/1.1 100 Continue\r\n\r\n".length()).text())
          .startsWith("HTTP/1.1 100 ");
      client.send(json);
      assertThat(client.answer().status()).isEqualTo(200);
    }
  }

  @Test
  void chunksWithExtensionsAndTrailersAreABodyLikeAnyOther() {
    try (RawClient client = RawClient.connect(corral.port())) {
      String json = CHAT.formatted("false");
      client.send(
          "POST /api/chat HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + "1;a=b\r\n"
              + "{\r\n"
              + Integer.toHexString(json.length() - 1)
              + "\r\n"
              + json.substring(1)
              + "\r\n0\r\nX-Model: other\r\n\r\n");
      assertThat(client.answer().status()).isEqualTo(200);
      client.post("/api/chat", json);
      assertThat(client.answer().status()).as("the connection goes on").isEqualTo(200);
    }
    assertThat(node.exchanges("/api/chat"))
        .allSatisfy(seen -> assertThat(seen.request().headers().has("X-Model")).isFalse());
  }

  @Test
  void aConnectionThatItsCallerWantsClosedIsClosed() {
    try (RawClient client = RawClient.connect(corral.port())) {
      Headers close = Headers.of("Connection", "close", "Content-Type", "application/json");
      Body json = Body.of(CHAT.formatted("true"));
      assertThat(client.request("POST", "/api/chat", close, json).answer().complete()).isTrue();
      assertThat(client.awaitClose()).isEqualTo(Answer.Ending.CLOSED_EARLY);
    }
  }

  @Test
  void aNodeThatComesAndGoesServesEachTimeItIsThere() {
    for (int i = 0; i < 10; i++) {
      node.crash();
      assertThat(chat("false").status()).isEqualTo(502);
      node.acceptAgain();
      assertThat(chat("false").status()).isEqualTo(200);
    }
  }

  @Test
  void aProtectedModelIsNotReplacedHoweverNewItIs() {
    node.add(TestModel.says("hen", " Cluck."));
    Answer copied =
        RawClient.post(
            corral.port(), "/api/copy", "{\"source\":\"markov-a\",\"destination\":\"hen\"}");
    assertThat(copied.status()).isEqualTo(403);
    assertThat(copied.text()).contains("is protected");
    assertThat(node.exchanges("/api/copy")).isEmpty();
  }
}
