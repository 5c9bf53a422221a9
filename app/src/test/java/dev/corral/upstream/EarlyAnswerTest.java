package dev.corral.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A backend that has seen enough of a request answers and hangs up while most of the body is still
/// on its way. Its words are what the caller needs, and not that the connection was reset.
class EarlyAnswerTest {
  /// Much more than lies in a socket.
  private static final byte[] BODY = new byte[8 << 20];

  /// Where the end of the connection is noticed first differs from time to time.
  private static final int TIMES = 20;

  private static final String NO =
      "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 8\r\n\r\ntoo much";

  private ServerSocket listening;

  @BeforeEach
  void listen() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    listening.close();
  }

  private Target saying(String answer) {
    Thread.ofVirtual()
        .start(() -> {
          while (!listening.isClosed()) {
            try (Socket socket = listening.accept()) {
              readHead(socket.getInputStream());
              socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException over) {
              // The next one, or the end of the test.
            }
          }
        });
    return Target.parse("one", "http://127.0.0.1:" + listening.getLocalPort(), "");
  }

  private static void readHead(InputStream from) throws IOException {
    int ends = 0;
    while (ends < 4) {
      int c = from.read();
      ends = c == '\r' || c == '\n' ? ends + 1 : 0;
    }
  }

  @ParameterizedTest(name = "native: {0}")
  @ValueSource(booleans = {true, false})
  void itsAnswerIsReadThoughTheRestCannotBeSent(boolean nativeTransport) throws IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
    Target target = saying(NO);
    try (Upstream upstream = new Upstream(vertx)) {
      for (int i = 0; i < TIMES; i++) {
        assertTold(upstream.talk(target, "POST", "/x", Map.of(), BODY));
        InputStream flowing = new ByteArrayInputStream(BODY);
        assertTold(upstream.talk(target, "POST", "/x", Map.of(), flowing, BODY.length));
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static void assertTold(Talk talk) throws IOException {
    try (talk) {
      assertThat(talk.head().status()).isEqualTo(413);
      assertThat(new String(talk.body().readAllBytes(), StandardCharsets.US_ASCII))
          .isEqualTo("too much");
    }
  }

  @ParameterizedTest(name = "native: {0}")
  @ValueSource(booleans = {true, false})
  void whereItSaysNothingThatIsTold(boolean nativeTransport) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(nativeTransport));
    Target target = saying("");
    try (Upstream upstream = new Upstream(vertx)) {
      Talk talk = upstream.talk(target, "POST", "/x", Map.of(), BODY);
      CallFailed failed = catchThrowableOfType(CallFailed.class, talk::head);
      assertThat(failed.failure()).isInstanceOf(Failure.NoAnswer.class);
      assertThat(failed.failure().why()).startsWith("it ");
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
