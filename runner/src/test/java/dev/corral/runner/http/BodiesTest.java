package dev.corral.runner.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.runner.http.Bodies.Share;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What all requests may take of the heap together.
class BodiesTest {
  private final Bodies bodies = new Bodies(100);

  private CompletableFuture<Share> asked(int bytes) {
    CompletableFuture<Share> room = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try {
            room.complete(bodies.await(bytes));
          } catch (InterruptedException e) {
            room.completeExceptionally(e);
          }
        });
    return room;
  }

  @Test
  void aBodyWaitsUntilTheOnesBeforeItHaveBeenAnswered() throws Exception {
    Share large = bodies.await(80);
    CompletableFuture<Share> next = asked(50);
    assertThat(next).isNotDone();
    large.close();
    large.close();
    try (Share room = next.get(30, TimeUnit.SECONDS)) {
      assertThat(room).isNotNull();
      assertThat(bodies.grow(bodies.none(), 51)).as("what was given back counts once").isFalse();
    }
  }

  @Test
  void aBodyThatGrowsGivesAllOfItBack() throws Exception {
    try (Share growing = bodies.none()) {
      assertThat(bodies.grow(growing, 60)).isTrue();
      assertThat(bodies.grow(growing, 60)).as("never waits").isFalse();
      assertThat(bodies.grow(growing, 40)).isTrue();
    }
    bodies.await(bodies.largest()).close();
  }

  @Test
  void noBodyIsLargerThanAPartOfTheHeap() {
    assertThat((long) Bodies.ofThisHeap().largest())
        .isLessThan(Runtime.getRuntime().maxMemory() / 2);
  }
}
