package dev.corral.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Connections that are used again: what their backend may do with them between two calls, and in
/// the moment in which the next one begins.
class KeptConnectionTest {
  private static final Duration LONG = Await.LONG;
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  /// Hangs up instead of answering.
  private static final String GONE = "";

  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx, LONG);

  /// The requests, each with the number of its connection.
  private final LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();

  private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private ServerSocket listening;
  private Target target;

  @BeforeEach
  void listen() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    target = Target.parse("one", "http://127.0.0.1:" + listening.getLocalPort(), "");
    Thread.ofVirtual().start(this::accept);
  }

  @AfterEach
  void close() throws IOException {
    upstream.close();
    listening.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private void accept() {
    for (int number = 1; !listening.isClosed(); number++) {
      try {
        Socket socket = listening.accept();
        int mine = number;
        Thread.ofVirtual().start(() -> talk(socket, mine));
      } catch (IOException over) {
        return;
      }
    }
  }

  private void talk(Socket socket, int number) {
    try (socket) {
      BufferedReader from =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      String request = from.readLine();
      while (request != null) {
        for (String line = request; line != null && !line.isEmpty(); ) {
          line = from.readLine();
        }
        asked.add(number + " " + request);
        String answer = String.valueOf(answers.poll());
        if (answer.equals(GONE)) {
          return;
        }
        socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
        request = from.readLine();
      }
    } catch (IOException gone) {
      // The caller closed it.
    }
  }

  private String get() {
    return switch (upstream.fetch(target, "/x", Map.of(), 1 << 20, LONG)) {
      case Answer.Told told -> told.status() + " " + told.body();
      case Answer.Failed failed -> failed.failure().toString();
    };
  }

  private String post(boolean anew) throws Exception {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Payload body = new Payload.Held(List.of(Buffer.buffer("")), 0, () -> {});
    Collector told = new Collector(answer, 1 << 20);
    vertx
        .getOrCreateContext()
        .runOnContext(_ -> {
          UpstreamCall _ =
              anew
                  ? upstream.callAnew(target, "POST", "/x", _ -> {}, body, told)
                  : upstream.call(target, "POST", "/x", _ -> {}, body, told);
        });
    return answer.get(LONG.toSeconds(), TimeUnit.SECONDS).toString();
  }

  private List<String> asked() {
    List<String> all = new ArrayList<>();
    asked.drainTo(all);
    return all;
  }

  @Test
  void aLookThatFindsItsConnectionClosedIsRepeatedAndTheBackendIsNotCalledGone() {
    answers.addAll(List.of(OK, GONE, OK));
    assertThat(get()).isEqualTo("200 ok");
    assertThat(get()).isEqualTo("200 ok");
    assertThat(asked())
        .containsExactly("1 GET /x HTTP/1.1", "1 GET /x HTTP/1.1", "2 GET /x HTTP/1.1");
  }

  @Test
  void onANewConnectionNothingIsRepeated() {
    answers.addAll(List.of(GONE, OK));
    assertThat(get()).startsWith("NoAnswer").contains("reused=false");
    assertThat(asked()).hasSize(1);
  }

  @Test
  void whatIsNoMereLookIsNeverRepeatedHere() throws Exception {
    answers.addAll(List.of(OK, GONE, OK));
    assertThat(get()).isEqualTo("200 ok");
    assertThat(post(false)).contains("NoAnswer", "reused=true");
    assertThat(asked()).hasSize(2);
  }

  @Test
  void whatMustNotBeAskedTwiceGoesOverAConnectionOfItsOwn() throws Exception {
    answers.addAll(List.of(OK, OK));
    assertThat(get()).isEqualTo("200 ok");
    assertThat(post(true)).contains("status=200");
    assertThat(asked()).containsExactly("1 GET /x HTTP/1.1", "2 POST /x HTTP/1.1");
  }

  @Test
  void aTalkIsNeverLedOverAConnectionThatItsBackendMayHaveGivenUp() throws Exception {
    answers.addAll(List.of(OK, OK));
    assertThat(get()).isEqualTo("200 ok");
    try (Talk talk = upstream.talk(target, "POST", "/x", Map.of(), new byte[0])) {
      assertThat(talk.head().status()).isEqualTo(200);
    }
    assertThat(asked()).containsExactly("1 GET /x HTTP/1.1", "2 POST /x HTTP/1.1");
  }

  @Test
  void halfAnAnswerBehindAnAnswerIsNotThereWhenTheNextCallBegins() {
    answers.addAll(List.of(OK + "HTTP/1.1 200 OK\r\nContent-Le", OK));
    assertThat(get()).isEqualTo("200 ok");
    assertThat(get()).isEqualTo("200 ok");
    assertThat(asked()).containsExactly("1 GET /x HTTP/1.1", "2 GET /x HTTP/1.1");
  }

  @Test
  void aBackendThatOnlyEverAnnouncesIsGivenUp() {
    answers.add("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(10_000));
    assertThat(get()).startsWith("NoAnswer").contains("announces");
  }

  @Test
  void aListenerThatFailsIsToldAndItsCallEnds() throws Exception {
    answers.add(OK);
    CompletableFuture<Throwable> mistake = new CompletableFuture<>();
    UpstreamCall.Listener clumsy =
        new UpstreamCall.Listener() {
          @Override
          public void onHead(int status, MultiMap headers) {
            throw new StackOverflowError("deeper and deeper");
          }

          @Override
          public void onChunk(Buffer chunk) {}

          @Override
          public void onEnd() {}

          @Override
          public void onFailure(Failure failure) {}

          @Override
          public void onMistake(Throwable fault) {
            mistake.complete(fault);
          }
        };
    vertx
        .getOrCreateContext()
        .runOnContext(_ -> upstream.call(target, "GET", "/x", _ -> {}, new Payload.None(), clumsy));
    assertThat(mistake.get(LONG.toSeconds(), TimeUnit.SECONDS)).hasMessageContaining("deeper");
  }
}
