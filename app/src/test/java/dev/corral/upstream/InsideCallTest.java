package dev.corral.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A backend inside this program keeps the promises of one on the network.
class InsideCallTest {
  private static final int PIECE = 64 * 1024;

  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private final Context loop = vertx.getOrCreateContext();
  private final Heard heard = new Heard();

  @AfterEach
  void close() {
    upstream.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void anAnswerComesInOrderOnTheLoopThatAsked() throws Exception {
    upstream.serve(
        "own",
        (asked, reply) -> {
          assertThat(Thread.currentThread().isVirtual()).isTrue();
          String body = new String(asked.body().readAllBytes(), UTF_8);
          reply.head(201, Map.of("Content-Type", "text/plain"));
          reply.write((asked.method() + " " + asked.path() + " ").getBytes(UTF_8));
          reply.write((asked.headers().get("x-word") + " " + body).getBytes(UTF_8));
          reply.end();
        });
    call("POST", "/api/x?y=1", held("hello", () -> {}));
    assertThat(heard.next()).isEqualTo("head 201 text/plain");
    assertThat(heard.next()).isEqualTo("POST /api/x?y=1 ");
    assertThat(heard.next()).isEqualTo("one hello");
    assertThat(heard.next()).isEqualTo("end");
    assertThat(heard.elsewhere).isFalse();
  }

  @Test
  void aReaderThatPausesHoldsTheBackend() throws Exception {
    AtomicInteger written = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    upstream.serve(
        "own",
        (_, reply) -> {
          reply.head(200, Map.of());
          begun.countDown();
          for (int i = 0; i < 64; i++) {
            reply.write(new byte[PIECE]);
            written.incrementAndGet();
          }
          reply.end();
        });
    heard.pausesAtHead = true;
    UpstreamCall call = call("GET", "/", new Payload.None());
    begun.await();
    assertThat(heard.next()).startsWith("head 200");
    // What was on its way before the pause is held, no more.
    assertThat(written.get()).isLessThan(10);
    loop.runOnContext(_ -> call.resume());
    while (!heard.next().equals("end")) {
      // 64 pieces
    }
    assertThat(written.get()).isEqualTo(64);
  }

  @Test
  void aCallerWhoLeavesIsToldToTheBackendAtOnce() throws Exception {
    CompletableFuture<String> told = new CompletableFuture<>();
    CountDownLatch cancelled = new CountDownLatch(1);
    upstream.serve(
        "own",
        (_, reply) -> {
          reply.onCancel(cancelled::countDown);
          reply.head(200, Map.of());
          try {
            while (true) {
              reply.write(new byte[PIECE]);
            }
          } catch (CallerLeft left) {
            told.complete("left");
            throw left;
          }
        });
    heard.pausesAtHead = true;
    UpstreamCall call = call("GET", "/", new Payload.None());
    assertThat(heard.next()).startsWith("head 200");
    loop.runOnContext(_ -> call.cancel());
    assertThat(cancelled.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(told.get(60, TimeUnit.SECONDS)).isEqualTo("left");
    assertThat(heard.silent()).isTrue();
  }

  @Test
  void aBackendThatEndsWithoutItsAnswerHasFailed() throws Exception {
    upstream.serve("own", (_, _) -> {});
    call("GET", "/", new Payload.None());
    assertThat(heard.next()).isEqualTo("NoAnswer it ended without an answer");
    upstream.serve(
        "own",
        (_, reply) -> {
          reply.head(200, Map.of());
          throw new IOException("a fault of ours");
        });
    call("GET", "/", new Payload.None());
    assertThat(heard.next()).startsWith("head 200");
    assertThat(heard.next()).isEqualTo("Cut an internal error");
    upstream.serve(
        "own",
        (_, reply) -> {
          reply.head(200, Map.of());
          reply.cut("the runner died");
        });
    call("GET", "/", new Payload.None());
    assertThat(heard.next()).startsWith("head 200");
    assertThat(heard.next()).isEqualTo("Cut the runner died");
  }

  @Test
  void aBackendThatIsNotThereIsNotConnected() throws Exception {
    call("GET", "/", new Payload.None());
    assertThat(heard.next()).isEqualTo("NotConnected it is not there yet");
  }

  @Test
  void aHeldBodyIsGivenBackOnceItWasRead() throws Exception {
    CountDownLatch settled = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    upstream.serve(
        "own",
        (asked, reply) -> {
          assertThat(asked.headers()).containsEntry("content-length", "5");
          assertThat(asked.body().readAllBytes()).hasSize(5);
          mayEnd.await();
          reply.head(200, Map.of());
          reply.end();
        });
    call("POST", "/", held("hello", settled::countDown));
    assertThat(settled.await(60, TimeUnit.SECONDS)).isTrue();
    mayEnd.countDown();
    assertThat(heard.next()).startsWith("head 200");
  }

  @Test
  void aBodyThatFlowedToItsEndIsLeftAlone() throws Exception {
    upstream.serve(
        "own",
        (asked, reply) -> {
          assertThat(new String(asked.body().readAllBytes(), UTF_8)).isEqualTo("hello");
          reply.head(200, Map.of());
          reply.end();
        });
    CompletableFuture<Throwable> unhandled = new CompletableFuture<>();
    CompletableFuture<Void> settled = new CompletableFuture<>();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(request -> {
              heard.thread = Thread.currentThread();
              request.pause();
              Context own = vertx.getOrCreateContext();
              own.exceptionHandler(unhandled::complete);
              upstream.call(
                  Target.inside("own"),
                  "POST",
                  "/",
                  _ -> {},
                  new Payload.Flowing(request, 5),
                  heard);
              request.response().closeHandler(_ -> settled.complete(null));
            })
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(60, TimeUnit.SECONDS);
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      client
          .getOutputStream()
          .write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello".getBytes(UTF_8));
      assertThat(heard.next()).startsWith("head 200");
      assertThat(heard.next()).isEqualTo("end");
    }
    settled.get(60, TimeUnit.SECONDS);
    assertThat(unhandled).isNotDone();
  }

  @Test
  void itsAnswerIsFetchedLikeThatOfANodeOnTheNetwork() {
    upstream.serve(
        "own",
        (asked, reply) -> {
          reply.head(200, Map.of("Content-Type", "application/json"));
          reply.write("{}".getBytes(UTF_8));
          reply.end();
        });
    Answer answer =
        upstream.fetch(
            Target.inside("own"), "/api/version", Map.of(), 100, java.time.Duration.ofSeconds(60));
    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Told.class,
            told -> {
              assertThat(told.status()).isEqualTo(200);
              assertThat(told.body()).isEqualTo("{}");
            });
  }

  private static Payload held(String text, Runnable settled) {
    Buffer bytes = Buffer.buffer(text);
    return new Payload.Held(List.of(bytes), bytes.length(), settled);
  }

  private UpstreamCall call(String method, String path, Payload payload) throws Exception {
    CompletableFuture<UpstreamCall> begun = new CompletableFuture<>();
    loop.runOnContext(_ -> {
      heard.thread = Thread.currentThread();
      UpstreamCall call =
          upstream.call(
              Target.inside("own"), method, path, to -> to.add("X-Word", "one"), payload, heard);
      heard.call = call;
      begun.complete(call);
    });
    return begun.get(60, TimeUnit.SECONDS);
  }

  /// Writes down what it is told.
  private static final class Heard implements UpstreamCall.Listener {
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private volatile Thread thread;
    private volatile UpstreamCall call;
    private volatile boolean pausesAtHead;
    private volatile boolean elsewhere;

    @Override
    public void onHead(int status, MultiMap headers) {
      if (pausesAtHead) {
        pausesAtHead = false;
        call.pause();
      }
      tell("head " + status + " " + headers.get("content-type"));
    }

    @Override
    public void onChunk(Buffer chunk) {
      tell(chunk.toString());
    }

    @Override
    public void onEnd() {
      tell("end");
    }

    @Override
    public void onFailure(Failure failure) {
      tell(failure.getClass().getSimpleName() + " " + failure.why());
    }

    @Override
    public void onMistake(Throwable mistake) {
      tell("mistake " + mistake.getMessage());
    }

    private void tell(String text) {
      elsewhere |= !Thread.currentThread().equals(thread);
      news.add(text);
    }

    String next() throws InterruptedException {
      String text = news.poll(60, TimeUnit.SECONDS);
      return text == null ? "nothing came" : text;
    }

    boolean silent() {
      return news.isEmpty();
    }
  }
}
