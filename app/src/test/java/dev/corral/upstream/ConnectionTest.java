package dev.corral.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.testkit.Await;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a backend may do on the wire, right or wrong, and what a caller sees of it.
class ConnectionTest {
  private static final Duration LONG = Await.LONG;
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final Vertx vertx = Vertx.vertx();
  private Upstream upstream = new Upstream(vertx, LONG);
  private final LinkedBlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private ServerSocket listening;
  private Thread acceptor = Thread.ofVirtual().unstarted(() -> {});

  @AfterEach
  void close() throws IOException {
    upstream.close();
    listening.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /// A backend that answers each request with the next of these, then hangs up where that is empty.
  private Target saying(String... answers) throws IOException {
    return serve(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http", answers);
  }

  private Target serve(ServerSocket on, String scheme, String... answers) {
    listening = on;
    LinkedBlockingQueue<String> next = new LinkedBlockingQueue<>(List.of(answers));
    acceptor =
        Thread.ofVirtual()
            .start(() -> {
              while (!on.isClosed()) {
                try {
                  Socket socket = on.accept();
                  int number = accepted.incrementAndGet();
                  Thread.ofVirtual().start(() -> talk(socket, number, next));
                } catch (IOException over) {
                  return;
                }
              }
            });
    return Target.parse("one", scheme + "://127.0.0.1:" + on.getLocalPort(), "");
  }

  private void talk(Socket socket, int number, LinkedBlockingQueue<String> next) {
    try (socket) {
      BufferedReader from =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      for (String line = from.readLine(); line != null; line = from.readLine()) {
        if (line.isEmpty()) {
          String answer = String.valueOf(next.poll());
          socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
          socket.getOutputStream().flush();
          if (!answer.contains("Content-Length")) {
            break;
          }
        }
      }
    } catch (IOException gone) {
      // The caller closed it, which `closed` tells.
    }
    closed.add(number);
  }

  private String ask(Target target) {
    return switch (upstream.fetch(target, "/x", Map.of(), 1 << 20, LONG)) {
      case Answer.Told told -> told.status() + " " + told.body();
      case Answer.Failed failed -> failed.failure().toString();
    };
  }

  private void onLoop(Runnable begin) {
    vertx.getOrCreateContext().runOnContext(_ -> begin.run());
  }

  private UpstreamCall call(Target target, String path, UpstreamCall.Listener listener) {
    return upstream.call(target, "GET", path, _ -> {}, new Payload.None(), listener);
  }

  private static UpstreamCall.Listener atEnd(Runnable then) {
    return new Told(then, () -> {});
  }

  private static UpstreamCall.Listener atFailure(Runnable then) {
    return new Told(() -> {}, then);
  }

  private record Told(Runnable end, Runnable failure) implements UpstreamCall.Listener {
    @Override
    public void onHead(int status, MultiMap headers) {}

    @Override
    public void onChunk(Buffer chunk) {}

    @Override
    public void onEnd() {
      end.run();
    }

    @Override
    public void onFailure(Failure why) {
      failure.run();
    }

    @Override
    public void onMistake(Throwable mistake) {
      failure.run();
    }
  }

  /// A body that never comes.
  private static final class Sender implements ReadStream<Buffer> {
    private volatile boolean resumed;

    @Override
    public Sender exceptionHandler(Handler<Throwable> told) {
      return this;
    }

    @Override
    public Sender handler(Handler<Buffer> taker) {
      return this;
    }

    @Override
    public Sender pause() {
      return this;
    }

    @Override
    public Sender resume() {
      resumed = true;
      return this;
    }

    @Override
    public Sender fetch(long amount) {
      return this;
    }

    @Override
    public Sender endHandler(Handler<Void> told) {
      return this;
    }
  }

  @Test
  void oneConnectionCarriesCallAfterCall() throws IOException {
    Target target = saying(OK, OK, OK);

    assertThat(List.of(ask(target), ask(target), ask(target))).containsOnly("200 ok");

    assertThat(accepted).hasValue(1);
  }

  @Test
  void aConnectionThatNobodyWantsIsGivenUpBeforeItsBackendDoes()
      throws IOException, InterruptedException {
    upstream = new Upstream(vertx);

    assertThat(ask(saying(OK))).isEqualTo("200 ok");

    assertThat(closed.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
  }

  @Test
  void aBackendThatWantsItClosedGetsANewOneNextTime() throws IOException {
    Target target = saying(OK.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"), OK);

    assertThat(ask(target)).isEqualTo("200 ok");
    assertThat(ask(target)).isEqualTo("200 ok");

    assertThat(accepted).hasValue(2);
  }

  @Test
  void aBackendThatDoesNotSpeakTlsIsSaidToBeSo() throws IOException {
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = listening.accept()) {
            socket
                .getOutputStream()
                .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().readAllBytes();
          } catch (IOException gone) {
            closed.add(1);
          }
        });

    assertThat(ask(Target.parse("one", "https://127.0.0.1:" + listening.getLocalPort(), "")))
        .isEqualTo("NotConnected[why=it does not speak TLS; write its address with http://]");
  }

  @Test
  void anAnswerWithoutALengthEndsWithTheConnection() throws IOException {
    assertThat(ask(saying("HTTP/1.1 200 OK\r\n\r\nall of it"))).isEqualTo("200 all of it");
  }

  @Test
  void whatOnlyAnnouncesTheAnswerIsPassedOver() throws IOException {
    Target target = saying("HTTP/1.1 102 Processing\r\n\r\n" + OK, OK);

    assertThat(List.of(ask(target), ask(target))).containsOnly("200 ok");

    assertThat(accepted).hasValue(1);
  }

  @Test
  void bytesBehindAnAnswerNeverBelongToTheNext() throws IOException, InterruptedException {
    Target target = saying(OK + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong", OK);

    assertThat(ask(target)).isEqualTo("200 ok");
    assertThat(closed.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(ask(target)).isEqualTo("200 ok");
  }

  @Test
  void evenWhereTheNextCallBeginsAtTheAnswersEnd() throws Exception {
    Target target = saying(OK + OK.replace("ok", "no"), OK);
    CompletableFuture<Answer> next = new CompletableFuture<>();

    onLoop(() -> call(target, "/x", atEnd(() -> call(target, "/x", new Collector(next, 1 << 10)))));

    assertThat(next.get(LONG.toSeconds(), TimeUnit.SECONDS).toString()).contains("body=ok");
    assertThat(accepted).hasValue(2);
  }

  @Test
  void aBackendThatChangesToAnotherProtocolGivesNoAnswer() throws IOException {
    String changed = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nX: Content-Length\r\n\r\n";

    assertThat(ask(saying(changed))).startsWith("NoAnswer").contains("another protocol");
  }

  @Test
  void aFailureIsToldWhenItsCallHasBegunAndNotAfterACancel() throws Exception {
    Target target = saying(OK, OK);
    assertThat(ask(target)).isEqualTo("200 ok");
    LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

    onLoop(() -> {
      call(target, "/no good", atFailure(() -> told.add("cancelled"))).cancel();
      call(target, "/no good", atFailure(() -> told.add("failed")));
      told.add("begun");
    });

    assertThat(told.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("begun");
    assertThat(told.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("failed");
    assertThat(told).isEmpty();
  }

  @Test
  void theSenderOfABodyIsLetGoAlsoWhereNoConnectionComesAbout() throws Exception {
    Target target = saying(OK);
    listening.close();
    // The kernel goes on accepting until that thread has let go of the socket.
    acceptor.join();
    Sender sender = new Sender();
    CompletableFuture<Answer> answer = new CompletableFuture<>();

    onLoop(() ->
        upstream.call(
            target,
            "POST",
            "/x",
            _ -> {},
            new Payload.Flowing(sender, 5),
            new Collector(answer, 1 << 10)));

    assertThat(answer.get(LONG.toSeconds(), TimeUnit.SECONDS).toString()).contains("refused");
    assertThat(sender.resumed).isTrue();
  }

  @Test
  void whatBeginsWhileTheProgramStopsIsClosed() throws Exception {
    Target target = saying(OK.replace("200 OK", "100 Continue"));
    CompletableFuture<Answer> answer = new CompletableFuture<>();

    onLoop(() -> {
      call(target, "/x", new Collector(answer, 1 << 10));
      upstream.close();
    });

    assertThat(answer.get(LONG.toSeconds(), TimeUnit.SECONDS).toString()).contains("NoAnswer");
  }

  @Test
  void aCloudsMetadataAddressIsNoBackendHoweverItIsWritten() throws IOException {
    listening = new ServerSocket();
    for (String host : List.of("169.254.169.254", "[fd00:ec2::254]", "[FD00:EC2:0:0:0:0:0:254]")) {
      assertThatThrownBy(() -> Target.parse("one", "http://" + host, ""))
          .hasMessageContaining("metadata address");
    }
  }

  @Test
  void anAnswerOfTwoLengthsAndOneThatIsNoneAreFailures() throws IOException {
    Target target =
        saying(
            OK.replace("\r\n\r\n", "\r\nContent-Length: 7\r\n\r\n"),
            "Content-Length is no HTTP\r\n\r\n");

    assertThat(ask(target)).contains("NoAnswer");
    assertThat(ask(target)).contains("NoAnswer");
  }

  @Test
  void aBackendThatHangsUpInTheMiddleCutsTheAnswer() throws IOException {
    assertThat(ask(saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")))
        .isEqualTo("Cut[why=it closed the connection]");
  }

  @Test
  void aPathThatWouldWriteHeadersIsNotSent() throws IOException {
    Target target = saying(OK);

    Answer answer = upstream.fetch(target, "/x HTTP/1.1\r\nX: y", Map.of(), 1 << 10, LONG);

    assertThat(answer.toString()).contains("cannot be passed on");
  }

  @Test
  void aCertificateMustBeVouchedForAndNameTheHost(@TempDir Path folder) throws Exception {
    Path keys = folder.resolve("keys.p12");
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-keyalg",
            "EC",
            "-alias",
            "a",
            "-dname",
            "CN=somebody",
            "-ext",
            "san=ip:127.0.0.1",
            "-storepass",
            "secret",
            "-keystore",
            keys.toString())
        .inheritIO()
        .start()
        .waitFor();
    KeyStore store = KeyStore.getInstance(keys.toFile(), "secret".toCharArray());
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(store, "secret".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), null, null);
    Target target =
        serve(
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
            "https",
            OK);

    assertThat(ask(target)).startsWith("NotConnected").contains("certification path");

    System.setProperty("javax.net.ssl.trustStore", keys.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", "secret");
    try (Upstream trusting = new Upstream(vertx)) {
      assertThat(trusting.fetch(target, "/x", Map.of(), 1 << 10, LONG).toString()).contains("ok");
      Target elsewhere = Target.parse("two", target.url().replace("127.0.0.1", "localhost"), "");
      assertThat(trusting.fetch(elsewhere, "/x", Map.of(), 1 << 10, LONG).toString())
          .contains("NotConnected");
    } finally {
      System.clearProperty("javax.net.ssl.trustStore");
      System.clearProperty("javax.net.ssl.trustStorePassword");
    }
  }
}
