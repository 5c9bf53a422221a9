package dev.corral.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A thread that may block speaks with a backend.
class TalkTest {
  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);

  @AfterEach
  void close() {
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void aLookThatBeginsWhenTheProgramHasStoppedIsToldSo() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    assertThat(
            upstream.fetch(
                Target.parse("gone", "http://127.0.0.1:1", ""),
                "/",
                Map.of(),
                1,
                Duration.ofSeconds(60)))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure().why()).isEqualTo("this Corral is stopping"));
  }

  @Test
  void theAnswerIsReadAsItComes() throws Exception {
    BlockingQueue<HttpServerResponse> answers = new LinkedBlockingQueue<>();
    Target target =
        serve(
            vertx
                .createHttpServer()
                .requestHandler(request ->
                    request.bodyHandler(body -> {
                      HttpServerResponse response = request.response().setChunked(true);
                      response.putHeader("X-Got", request.getHeader("Authorization") + " " + body);
                      response.write("one");
                      answers.add(response);
                    })));
    try (Talk talk = upstream.talk(target, "POST", "/x", Map.of(), "hi".getBytes(UTF_8))) {
      assertThat(talk.head().status()).isEqualTo(200);
      assertThat(talk.head().headers()).containsEntry("x-got", "Bearer key hi");
      assertThat(talk.body().readNBytes(3)).isEqualTo("one".getBytes(UTF_8));
      answers.take().end("two");
      assertThat(talk.body().readAllBytes()).isEqualTo("two".getBytes(UTF_8));
    }
  }

  @Test
  void aReaderWhoIsSlowLosesNothing() throws Exception {
    int size = 8 << 20;
    Target target =
        serve(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[size]))));
    try (Talk talk = upstream.talk(target, "GET", "/", Map.of(), new byte[0])) {
      InputStream body = talk.body();
      int read = 0;
      byte[] some = new byte[10_000];
      for (int got = body.read(some); got >= 0; got = body.read(some)) {
        read += got;
      }
      assertThat(read).isEqualTo(size);
    }
  }

  @Test
  void cancellingEndsTheConnectionAndWakesTheReader() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Target target =
        serve(
            vertx
                .createHttpServer()
                .requestHandler(request -> {
                  request.connection().closeHandler(_ -> gone.countDown());
                  request.response().setChunked(true).write("one");
                }));
    Talk talk = upstream.talk(target, "GET", "/", Map.of(), new byte[0]);
    assertThat(talk.body().readNBytes(3)).hasSize(3);
    Thread.ofVirtual().start(talk::cancel);
    CallFailed failed = catchThrowableOfType(CallFailed.class, () -> talk.body().read());
    assertThat(failed.failure().why()).isEqualTo("the call was cancelled");
    assertThat(gone.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSilentBackendIsCancelledToo() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Target target =
        serve(
            vertx
                .createHttpServer()
                .requestHandler(request -> {
                  request.connection().closeHandler(_ -> gone.countDown());
                  asked.countDown();
                }));
    Talk talk = upstream.talk(target, "GET", "/", Map.of(), new byte[0]);
    assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
    talk.cancel();
    assertThat(catchThrowableOfType(CallFailed.class, talk::head)).isNotNull();
    assertThat(gone.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatBecameOfTheCallIsTold() throws Exception {
    Target nobody = Target.parse("nobody", "http://127.0.0.1:1", "");
    Talk refused = upstream.talk(nobody, "GET", "/", Map.of(), new byte[0]);
    assertThat(catchThrowableOfType(CallFailed.class, refused::head).failure())
        .isInstanceOf(Failure.NotConnected.class);
    Target target =
        serve(
            vertx
                .createHttpServer()
                .requestHandler(request ->
                    request
                        .response()
                        .putHeader("Content-Length", "10")
                        .write("one")
                        .onComplete(_ -> request.connection().close())));
    Talk broken = upstream.talk(target, "GET", "/", Map.of(), new byte[0]);
    CallFailed failed = catchThrowableOfType(CallFailed.class, () -> broken.body().readAllBytes());
    assertThat(failed.failure()).isInstanceOf(Failure.Cut.class);
  }

  private static Target serve(HttpServer server) throws Exception {
    int port =
        server
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS)
            .actualPort();
    return Target.parse("node", "http://127.0.0.1:" + port, "key");
  }
}
