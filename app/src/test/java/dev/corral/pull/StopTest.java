package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Work that is to end.
class StopTest {
  @Test
  void aQuestionThatNothingCanCutIsLeftAlone() throws Exception {
    Stop stop = new Stop();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    FutureTask<String> work =
        new FutureTask<>(() ->
            stop.unlessAsked(
                () -> {
                  asked.countDown();
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return "late";
                },
                "stopped"));
    Thread.ofVirtual().start(work);
    asked.await();
    stop.ask();
    assertThat(work.get(Await.LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("stopped");
    never.countDown();
    assertThat(stop.unlessAsked(() -> "late again", "stopped")).isEqualTo("stopped");
  }

  @Test
  void otherwiseItsAnswerCounts() {
    assertThat(new Stop().unlessAsked(() -> "an answer", "stopped")).isEqualTo("an answer");
  }
}
