package dev.corral.limit;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets so many through at once; the next ones wait their turn, first come, first served; beyond
/// the queue they are refused. Never blocks: who waits is called back.
public final class Turnstile {
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Queue<Ticket> queue = new ConcurrentLinkedQueue<>();
  private volatile int most;
  private volatile int longestQueue;

  /// @param most how many at once; 0 for no cap
  public Turnstile(int most, int longestQueue) {
    this.most = most;
    this.longestQueue = longestQueue;
  }

  /// A changed configuration; those inside stay inside.
  public void allow(int most, int longestQueue) {
    this.most = most;
    this.longestQueue = longestQueue;
    letIn();
  }

  /// A place in the queue.
  public final class Ticket {
    private final Runnable go;
    private final AtomicInteger state = new AtomicInteger(WAITING);
    private static final int WAITING = 0;
    private static final int CALLED = 1;
    private static final int GONE = 2;

    private Ticket(Runnable go) {
      this.go = go;
    }

    /// Leaves the queue.
    ///
    /// @return false where the turn had already come, so that the place must be left instead
    public boolean giveUp() {
      if (!state.compareAndSet(WAITING, GONE)) {
        return false;
      }
      // Whoever left must not keep others out of the queue until somebody inside leaves.
      if (queue.remove(this)) {
        waiting.decrementAndGet();
      }
      return true;
    }
  }

  /// What happened at the turnstile.
  public sealed interface Entry {
    /// Inside; must [#leave()].
    record Inside() implements Entry {}

    /// Waits; `go` is run by whoever leaves, on that thread, and then the caller is inside.
    record Queued(Ticket ticket) implements Entry {}

    record Full(int most, int queue) implements Entry {}
  }

  private static final Entry INSIDE = new Entry.Inside();

  /// @param go run when the turn comes, if it does not come at once
  public Entry enter(Runnable go) {
    int cap = most;
    if (cap == 0 || (queue.isEmpty() && takePlace(cap))) {
      if (cap == 0) {
        inside.incrementAndGet();
      }
      return INSIDE;
    }
    if (waiting.incrementAndGet() > longestQueue) {
      waiting.decrementAndGet();
      return new Entry.Full(cap, longestQueue);
    }
    Ticket ticket = new Ticket(go);
    queue.add(ticket);
    letIn();
    return new Entry.Queued(ticket);
  }

  public void leave() {
    inside.decrementAndGet();
    letIn();
  }

  public int inside() {
    return inside.get();
  }

  public int waiting() {
    return waiting.get();
  }

  private void letIn() {
    while (!queue.isEmpty() && takePlace(most)) {
      Ticket next = queue.poll();
      if (next == null) {
        inside.decrementAndGet();
        continue;
      }
      waiting.decrementAndGet();
      if (next.state.compareAndSet(Ticket.WAITING, Ticket.CALLED)) {
        next.go.run();
      } else {
        inside.decrementAndGet();
      }
    }
  }

  private boolean takePlace(int cap) {
    while (true) {
      int now = inside.get();
      if (cap != 0 && now >= cap) {
        return false;
      }
      if (inside.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }
}
