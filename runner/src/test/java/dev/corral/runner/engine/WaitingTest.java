package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingTest {

  private final Waiting waiting = new Waiting();

  @Test
  void theScopesTakeTurnsSoThatNobodyWaitsForAnothersCrowd() {
    for (int i = 1; i <= 3; i++) {
      waiting.add(job("crowd", i));
    }
    waiting.add(job("single", 9));

    assertThat(order()).containsExactly(1, 9, 2, 3);
  }

  @Test
  void whoWasPutOffGoesFirst() {
    waiting.add(job("a", 1));
    waiting.putOff(job("b", 7));

    assertThat(order()).containsExactly(7, 1);
  }

  @Test
  void whoIsNextStaysNextUntilItIsTaken() {
    waiting.add(job("a", 1));
    waiting.add(job("b", 2));

    assertThat(first(waiting.next())).isEqualTo(1);
    assertThat(first(waiting.next())).isEqualTo(1);
    assertThat(waiting.size()).isEqualTo(2);
  }

  @Test
  void thoseThatAreGivenUpAreTakenOutOfTheMiddle() {
    waiting.add(job("a", 1));
    var cancelled = job("a", 2);
    cancelled.cancel();
    waiting.add(cancelled);
    waiting.add(job("b", 3));

    assertThat(waiting.takeIf(Job::cancelled)).containsExactly(cancelled);
    assertThat(order()).containsExactly(1, 3);
  }

  private static Job job(String scope, int mark) {
    var task = Ask.greedy(List.of(mark), 1).scope(scope).task();
    return new Generation(task, new Heard());
  }

  private static int first(Job job) {
    return job.tokens.get(0);
  }

  private List<Integer> order() {
    var order = new ArrayList<Integer>();
    while (waiting.next() != null) {
      order.add(first(waiting.take()));
    }
    return order;
  }
}
