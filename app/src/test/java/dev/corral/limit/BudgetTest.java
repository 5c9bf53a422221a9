package dev.corral.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BudgetTest {
  @Test
  void whatFitsIsTakenToTheLastByteAndNoFurther() {
    Budget budget = new Budget(100);
    assertThat(budget.tryTake(60)).isTrue();
    assertThat(budget.tryTake(40)).isTrue();
    assertThat(budget.tryTake(1)).isFalse();
    assertThat(budget.held()).as("a refusal takes nothing").isEqualTo(100);
    budget.giveBack(40);
    assertThat(budget.tryTake(40)).isTrue();
  }

  @Test
  void aSmallerLimitLeavesWhatIsHeldAndRefusesUntilEnoughCameBack() {
    Budget budget = new Budget(100);
    assertThat(budget.tryTake(80)).isTrue();
    budget.allow(50);
    assertThat(budget.held()).isEqualTo(80);
    assertThat(budget.tryTake(1)).isFalse();
    budget.giveBack(80);
    assertThat(budget.tryTake(50)).isTrue();
  }

  @Test
  void manyThreadsNeverHoldMoreThanIsAllowedAndLeaveNothingBehind() {
    Budget budget = new Budget(10);
    AtomicLong taken = new AtomicLong();
    AtomicLong most = new AtomicLong();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 50; i++) {
        threads.execute(() -> {
          for (int round = 0; round < 1_000; round++) {
            if (budget.tryTake(3)) {
              most.accumulateAndGet(taken.addAndGet(3), Math::max);
              Thread.onSpinWait();
              taken.addAndGet(-3);
              budget.giveBack(3);
            }
          }
        });
      }
    }
    assertThat(most.get()).isBetween(3L, 10L);
    assertThat(budget.held()).isZero();
  }
}
