package dev.corral.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// One request and its answer.
class ExchangeTest {
  private static final byte[] JSON = "{}".getBytes(StandardCharsets.UTF_8);

  private final Bodies bodies = new Bodies(JSON.length);

  @Test
  void anAnswerThatIsBeingWrittenHoldsNoRoomForBodies() throws Exception {
    Bodies.Body body = bodies.await(JSON.length);
    body.fill(JSON);
    Exchange exchange =
        new Exchange(
            new Request("POST", "/completion", body, true),
            it -> {
              assertThat(it.fields()).isNotNull();
              assertThat(bodies.grow(bodies.none(), 1)).as("while it is read").isFalse();
              it.event(Json::object);
            },
            () -> {});
    try (PipedOutputStream out = new PipedOutputStream();
        InputStream in = new PipedInputStream(out)) {
      CompletableFuture<Boolean> told = CompletableFuture.supplyAsync(() -> tell(exchange, out));
      assertThat(in.read()).as("the answer has begun").isPositive();
      bodies.await(JSON.length).close();
      assertThat(told).isNotDone();
      exchange.end("");
      assertThat(told.get(60, TimeUnit.SECONDS)).as("another may follow").isTrue();
    }
  }

  @Test
  void aRequestWhoseClientLeftBeforeItWasReadGivesItsRoomBack() throws Exception {
    Exchange exchange =
        new Exchange(
            new Request("POST", "/completion", bodies.await(JSON.length), true), _ -> {}, () -> {});
    exchange.leave();
    bodies.await(JSON.length).close();
  }

  private static boolean tell(Exchange exchange, PipedOutputStream out) {
    try {
      return exchange.tell(out);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
