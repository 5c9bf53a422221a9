package dev.corral.runner.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.testkit.Await;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What all requests may take of the heap together.
class BodiesTest {
  private final Bodies bodies = new Bodies(100);

  private CompletableFuture<Bodies.Body> asked(int bytes) {
    CompletableFuture<Bodies.Body> room = new CompletableFuture<>();
    Thread asking =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              try {
                room.complete(bodies.await(bytes));
              } catch (InterruptedException e) {
                room.completeExceptionally(e);
              }
            });
    Await.until(
        () -> !asking.isAlive() || asking.getState() == Thread.State.WAITING,
        "it waits, or has what it asked for");
    return room;
  }

  @Test
  void aBodyWaitsUntilTheOnesBeforeItHaveBeenTakenApart() throws Exception {
    Bodies.Body large = bodies.await(80);
    CompletableFuture<Bodies.Body> next = asked(50);
    assertThat(next).isNotDone();
    large.close();
    large.close();
    try (Bodies.Body room = next.get(60, TimeUnit.SECONDS)) {
      assertThat(room).isNotNull();
      assertThat(bodies.grow(bodies.none(), 51)).as("what was given back counts once").isFalse();
    }
  }

  @Test
  void aRequestWithoutABodyWaitsForNobody() throws Exception {
    try (Bodies.Body all = bodies.await(100)) {
      CompletableFuture<Bodies.Body> next = asked(1);
      asked(0).get(60, TimeUnit.SECONDS).close();
      assertThat(next).isNotDone();
      all.close();
      next.get(60, TimeUnit.SECONDS).close();
    }
  }

  @Test
  void aBodyThatGrowsGivesAllOfItBack() throws Exception {
    try (Bodies.Body growing = bodies.none()) {
      assertThat(bodies.grow(growing, 60)).isTrue();
      assertThat(bodies.grow(growing, 60)).as("never waits").isFalse();
      assertThat(bodies.grow(growing, 40)).isTrue();
    }
    bodies.await(bodies.largest()).close();
  }

  @Test
  void aRequestThatTheHeapCannotHoldGivesItsRoomBack() throws Exception {
    String head =
        "POST / HTTP/1.1\r\nX-Api-Key: key\r\nContent-Length: 80\r\nExpect: 100-continue\r\n\r\n";
    RequestReader reader =
        new RequestReader(
            new ByteArrayInputStream(head.getBytes(StandardCharsets.US_ASCII)),
            "key",
            bodies,
            () -> {
              throw new OutOfMemoryError("as where its bytes are gathered");
            });
    assertThatThrownBy(reader::next).isInstanceOf(OutOfMemoryError.class);
    assertThat(bodies.grow(bodies.none(), bodies.largest())).isTrue();
  }

  @Test
  void whatWasTakenApartIsDropped() throws Exception {
    Bodies.Body body = bodies.await(3);
    body.fill(new byte[] {1, 2, 3});
    assertThat(body.bytes()).hasSize(3);
    body.close();
    assertThat(body.bytes()).isEmpty();
  }

  @Test
  void noBodyIsLargerThanAPartOfTheHeap() {
    assertThat((long) Bodies.ofThisHeap().largest())
        .isLessThan(Runtime.getRuntime().maxMemory() / 2);
  }
}
