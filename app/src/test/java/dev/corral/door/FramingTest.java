package dev.corral.door;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.RunningCorral;
import dev.corral.testkit.Answer;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes whose ends two readers could see in two places: refused, and the connection closed, so
/// that nothing behind them is taken for a request of somebody else.
class FramingTest {
  private static final String CHAT =
      "{\"model\":\"markov-a\",\"stream\":false,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

  /// What an attacker wants the backend to see as a request of its own.
  private static final String INNER = CHAT.replace("markov-a", "markov-b");

  private static final String SMUGGLED =
      "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
          .formatted(INNER.length(), INNER);

  private static OllamaNode node;
  private static RunningCorral corral;

  @BeforeAll
  static void open() {
    node = OllamaNode.start();
    corral = RunningCorral.inFrontOf(node);
  }

  @AfterAll
  static void close() {
    corral.close();
    node.close();
  }

  @BeforeEach
  void forget() {
    node.forgetExchanges();
  }

  static Stream<Arguments> ambiguous() {
    String length = "Content-Length: " + CHAT.length() + "\r\n";
    String chunked = "Transfer-Encoding: chunked\r\n";
    String chunk = Integer.toHexString(CHAT.length()) + "\r\n" + CHAT + "\r\n0\r\n\r\n";
    return Stream.of(
        Arguments.of("two lengths", length + "Content-Length: 5\r\n", CHAT),
        Arguments.of("two lengths in one line", "Content-Length: 5, 6\r\n", CHAT),
        Arguments.of("a length with a sign", "Content-Length: +" + CHAT.length() + "\r\n", CHAT),
        Arguments.of("a length below zero", "Content-Length: -1\r\n", ""),
        Arguments.of("a length that is no number", "Content-Length: 0x10\r\n", CHAT),
        Arguments.of("a length and chunks", length + chunked, chunk),
        Arguments.of("chunks and a length", chunked + "Content-Length: 5\r\n", chunk),
        Arguments.of("an encoding nobody knows", "Transfer-Encoding: xchunked\r\n", chunk),
        Arguments.of(
            "chunks that are not the last encoding",
            "Transfer-Encoding: chunked, identity\r\n",
            chunk),
        Arguments.of("two encodings", chunked + "Transfer-Encoding: identity\r\n", chunk),
        Arguments.of("a chunk's size with a sign", chunked, "+" + chunk),
        Arguments.of("a chunk's size in C's way", chunked, "0x" + chunk),
        Arguments.of("a chunk's size below zero", chunked, "-" + chunk),
        Arguments.of("a chunk without a size", chunked, "\r\n" + CHAT + "\r\n0\r\n\r\n"),
        Arguments.of("a chunk of more than there can be", chunked, "fffffffffffffffff" + chunk),
        Arguments.of("a chunk longer than it says", chunked, "5\r\n" + CHAT + "\r\n0\r\n\r\n"),
        Arguments.of("a line end within a chunk's extension", chunked, "2;x\n{}\r\n0\r\n\r\n"),
        Arguments.of("a blank before the colon", "Content-Length : 5\r\n", CHAT),
        Arguments.of("a folded line", "X-A: b\r\n Content-Length: 5\r\n", CHAT),
        Arguments.of("a name that is none", "Content Length: 5\r\n", CHAT),
        Arguments.of("a header without a colon", "Content-Length\r\n", CHAT),
        Arguments.of("a zero byte in a value", "X-A: b\0c\r\n", CHAT),
        Arguments.of("a lone carriage return", "X-A: b\rContent-Length: 5\r\n", CHAT));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ambiguous")
  void whatCouldEndInTwoPlacesIsRefusedAndNothingBehindItIsARequest(
      String what, String headers, String body) {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/chat HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n" + body + SMUGGLED);
      Answer answer = client.answer();
      assertThat(answer.status()).as("400, or hung up in the middle of its body").isIn(400, 0);
      client.awaitClose();
    }
    assertThat(node.exchanges("/api/chat")).isEmpty();
  }

  static Stream<Arguments> hosts() {
    return Stream.of(
        Arguments.of("no host", "GET /api/tags HTTP/1.1\r\n", 400),
        Arguments.of(
            "two hosts",
            "GET /api/tags HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
            400),
        Arguments.of(
            "two hosts",
            "GET /api/tags HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n",
            400),
        Arguments.of(
            "a host in the line and another below it",
            "GET http://evil.example/api/tags HTTP/1.1\r\nHost: localhost\r\n",
            400),
        Arguments.of(
            "the same host twice",
            "GET http://localhost:1/api/tags HTTP/1.1\r\nHost: localhost:1\r\n",
            200),
        Arguments.of(
            "a foreign host twice",
            "GET http://evil.example/api/tags HTTP/1.1\r\nHost: evil.example\r\n",
            421),
        Arguments.of("a path in it", "GET /api/tags HTTP/1.1\r\nHost: localhost/?\r\n", 421),
        Arguments.of("a fragment in it", "GET /api/tags HTTP/1.1\r\nHost: localhost#x\r\n", 421),
        Arguments.of("a user in it", "GET /api/tags HTTP/1.1\r\nHost: a@localhost\r\n", 421),
        Arguments.of(
            "another host's authority", "GET /api/tags HTTP/1.1\r\nHost: localhost.evil\r\n", 421));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hosts")
  void whoIsMeantIsSaidOnceAndPlainly(String what, String head, int status) {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(head + "\r\n");
      assertThat(client.readHead().status()).as(what).isEqualTo(status);
    }
  }

  @Test
  void anAddressThatNoBackendTakesIsItsSendersFaultAndNoBackends() {
    for (String address : List.of("/api/chat?\1", "/api/chat?\177", "/api/chat?a\0b")) {
      try (RawClient client = RawClient.connect(corral.port())) {
        client.send(
            "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(address, CHAT.length(), CHAT));
        assertThat(client.answer().status()).isEqualTo(400);
      }
    }
    assertThat(RawClient.post(corral.port(), "/api/chat", CHAT).status()).isEqualTo(200);
  }

  static Stream<Arguments> unreadable() {
    String lengthy = "x".repeat(10 << 10);
    return Stream.of(
        Arguments.of("GET /api/tags HTTP/banana\r\n\r\n", 400, "no request of HTTP/1.1"),
        Arguments.of("\u0016\u0003\u0001\2 of TLS\r\n\r\n", 400, "http, not https"),
        Arguments.of("GET /api/tags?" + lengthy + " HTTP/1.1\r\n", 414, "longer than 8 KiB"),
        Arguments.of(
            "GET /api/tags HTTP/1.1\r\n" + ("A: " + lengthy + "\r\n").repeat(4), 431, "32 KiB"));
  }

  @ParameterizedTest(name = "{2}")
  @MethodSource("unreadable")
  void whatIsNoRequestIsToldSoInWords(String bytes, int status, String words) {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(bytes);
      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.json().path("error").asText()).contains(words);
      assertThat(answer.headers().first("X-Corral-Exchange")).isPresent();
      client.awaitClose();
    }
  }

  @Test
  void chunksInAnHttpThatHasNoneAreRefused() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST /api/chat HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
              .formatted(CHAT.length(), CHAT));
      assertThat(client.answer().status()).isEqualTo(400);
      client.awaitClose();
    }
  }

  @Test
  void aTargetThatNamesTheHostReachesABackendAsItsPathAlone() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(
          "POST http://localhost/api/chat HTTP/1.1\r\nHost: localhost\r\nConnection: X-A, close\r\nX-A: b\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(CHAT.length(), CHAT));
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.awaitClose()).as("as was asked").isEqualTo(Answer.Ending.CLOSED_EARLY);
    }
    assertThat(node.exchanges("/api/chat"))
        .singleElement()
        .satisfies(seen -> {
          assertThat(seen.request().target()).isEqualTo("/api/chat");
          assertThat(seen.request().headers().has("X-A")).isFalse();
        });
  }

  @Test
  void theSecondVersionOfTheProtocolIsNotOffered() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      client.awaitClose();
    }
  }

  @Test
  void twoRequestsInOnePieceAreTwoRequestsInTheirOrder() {
    try (RawClient client = RawClient.connect(corral.port())) {
      client.send(SMUGGLED + SMUGGLED.replace("localhost", "127.0.0.1"));
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(client.answer().status()).isEqualTo(200);
    }
    assertThat(node.exchanges("/api/chat")).hasSize(2);
  }
}
