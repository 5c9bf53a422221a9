package dev.corral.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.limit.Turnstile.Entry;
import dev.corral.limit.Turnstile.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// So many at once, the next ones in the order in which they came, and nobody is forgotten.
class TurnstileTest {
  private final List<String> called = new ArrayList<>();

  @Test
  void withoutACapEverybodyIsInsideAndCounted() {
    Turnstile turnstile = new Turnstile(0, 0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(turnstile.enter(TurnstileTest::never)).isInstanceOf(Entry.Inside.class);
    }
    assertThat(turnstile.inside()).isEqualTo(1_000);
  }

  @Test
  void whoWaitsIsCalledInTheOrderOfComing() {
    Turnstile turnstile = new Turnstile(1, 3);
    assertThat(turnstile.enter(TurnstileTest::never)).isInstanceOf(Entry.Inside.class);
    queue(turnstile, "first");
    queue(turnstile, "second");
    queue(turnstile, "third");
    assertThat(turnstile.waiting()).isEqualTo(3);
    turnstile.leave();
    assertThat(called).containsExactly("first");
    turnstile.leave();
    turnstile.leave();
    turnstile.leave();
    assertThat(called).containsExactly("first", "second", "third");
    nothingIsLeft(turnstile);
  }

  @Test
  void aFullQueueRefusesWithTheNumbersOfTheLimit() {
    Turnstile turnstile = new Turnstile(1, 1);
    turnstile.enter(TurnstileTest::never);
    queue(turnstile, "waits");
    assertThat(turnstile.enter(TurnstileTest::never)).isEqualTo(new Entry.Full(1, 1));
    assertThat(turnstile.waiting()).as("a refusal takes no place").isEqualTo(1);
  }

  @Test
  void whoGivesUpMakesRoomInTheQueueAtOnce() {
    Turnstile turnstile = new Turnstile(1, 1);
    turnstile.enter(TurnstileTest::never);
    for (int i = 0; i < 5; i++) {
      Ticket ticket = queue(turnstile, "impatient");
      assertThat(ticket.giveUp()).isTrue();
      assertThat(turnstile.waiting()).isZero();
    }
    queue(turnstile, "patient");
    turnstile.leave();
    assertThat(called).containsExactly("patient");
    turnstile.leave();
    nothingIsLeft(turnstile);
  }

  @Test
  void whoWasCalledAlreadyCannotGiveUpAndHasToLeave() {
    Turnstile turnstile = new Turnstile(1, 1);
    turnstile.enter(TurnstileTest::never);
    Ticket ticket = queue(turnstile, "called");
    turnstile.leave();
    assertThat(ticket.giveUp()).isFalse();
    assertThat(turnstile.inside()).isEqualTo(1);
    turnstile.leave();
    nothingIsLeft(turnstile);
  }

  @Test
  void aHigherLimitLetsWaitersInWithoutAnybodyLeaving() {
    Turnstile turnstile = new Turnstile(1, 5);
    turnstile.enter(TurnstileTest::never);
    queue(turnstile, "second");
    queue(turnstile, "third");
    turnstile.allow(2, 5);
    assertThat(called).containsExactly("second");
    turnstile.allow(0, 5);
    assertThat(called).containsExactly("second", "third");
  }

  @Test
  void aLowerLimitWaitsUntilEnoughHaveLeft() {
    Turnstile turnstile = new Turnstile(2, 5);
    turnstile.enter(TurnstileTest::never);
    turnstile.enter(TurnstileTest::never);
    turnstile.allow(1, 5);
    queue(turnstile, "waits");
    turnstile.leave();
    assertThat(called).isEmpty();
    turnstile.leave();
    assertThat(called).containsExactly("waits");
  }

  @Test
  void manyThreadsThatComeWaitLeaveAndGiveUpNeverExceedTheCapAndLeaveNothingBehind()
      throws InterruptedException {
    Turnstile turnstile = new Turnstile(4, 1_000);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int visitors = 500;
    CountDownLatch done = new CountDownLatch(visitors);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Runnable stay =
          () -> {
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.onSpinWait();
            inside.decrementAndGet();
            turnstile.leave();
            done.countDown();
          };
      for (int i = 0; i < visitors; i++) {
        threads.execute(() -> {
          switch (turnstile.enter(() -> threads.execute(stay))) {
            case Entry.Inside _ -> stay.run();
            case Entry.Queued(Ticket ticket) -> {
              if (ThreadLocalRandom.current().nextBoolean() && ticket.giveUp()) {
                done.countDown();
              }
            }
            case Entry.Full _ -> throw new AssertionError("the queue is long enough for all");
          }
        });
      }
      done.await();
    }
    assertThat(most.get()).isBetween(1, 4);
    nothingIsLeft(turnstile);
  }

  private Ticket queue(Turnstile turnstile, String name) {
    Entry entry = turnstile.enter(() -> called.add(name));
    assertThat(entry).isInstanceOf(Entry.Queued.class);
    return ((Entry.Queued) entry).ticket();
  }

  private static void never() {
    throw new AssertionError("this turn must not come");
  }

  private static void nothingIsLeft(Turnstile turnstile) {
    assertThat(turnstile.inside()).isZero();
    assertThat(turnstile.waiting()).isZero();
  }
}
