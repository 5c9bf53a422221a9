package dev.corral.pull;

import dev.corral.outbound.Leash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
