package dev.corral.pull;

import dev.corral.outbound.Leash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Ends the work on a job: what waits wakes up, what is connected is cut.
final class Stop {
  private final Leash leash = new Leash();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final List<Runnable> then = new ArrayList<>();

  Leash leash() {
    return leash;
  }

  void ask() {
    List<Runnable> all;
    synchronized (then) {
      asked.countDown();
      all = List.copyOf(then);
    }
    leash.cut();
    all.forEach(Runnable::run);
  }

  /// Runs it when it is asked; at once where it was. It must be quick.
  void whenAsked(Runnable action) {
    synchronized (then) {
      if (!asked()) {
        then.add(action);
        return;
      }
    }
    action.run();
  }

  /// What a question comes to that nothing can cut, or `otherwise` as soon as it is asked: then the
  /// answer is nobody's.
  <T> T unlessAsked(Supplier<T> question, T otherwise) {
    if (asked()) {
      return otherwise;
    }
    CompletableFuture<T> answer =
        CompletableFuture.supplyAsync(
            question, task -> Thread.ofVirtual().name("pull asks").start(task));
    whenAsked(() -> answer.complete(otherwise));
    return answer.join();
  }

  boolean asked() {
    return asked.getCount() == 0;
  }

  /// For a step of what takes long: throws where it was asked.
  void check() {
    if (asked()) {
      throw new CancellationException("ended by us");
    }
  }

  /// Waits for so long, or until it is asked.
  ///
  /// @return whether it was asked
  boolean await(Duration time) {
    try {
      return asked.await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
