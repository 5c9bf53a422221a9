package dev.corral.pull;

import dev.corral.db.DatabaseFailure;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The jobs as everybody sees them. Their owner puts them up; what changed is written down and
/// told, and whoever waits for it is woken.
final class Board {
  /// Followers outside need no more, and the row of a job neither.
  private static final long TELL_NANOS = Duration.ofSeconds(1).toNanos();

  private static final System.Logger LOG = System.getLogger(Board.class.getName());

  private final PullTable table;
  private final Consumer<PullEvent> events;
  private final List<Consumer<PullEvent>> followers = new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile Map<String, Pull> shown;
  private volatile boolean closed;

  /// When each was told last; of the owner's thread alone.
  private final Map<String, Long> told = new HashMap<>();

  /// @param events called on the owner's thread, before the followers
  Board(PullTable table, Map<String, Pull> first, Consumer<PullEvent> events) {
    this.table = table;
    this.shown = first;
    this.events = events;
  }

  List<Pull> all() {
    return List.copyOf(shown.values());
  }

  Optional<Pull> find(String id) {
    return Optional.ofNullable(shown.get(id));
  }

  void follow(Consumer<PullEvent> follower) {
    followers.add(follower);
  }

  /// See [Pulls#awaitChange].
  Optional<Pull> awaitChange(String id, @Nullable Pull before, Duration atMost) {
    lock.lock();
    try {
      long left = atMost.toNanos();
      Pull now = shown.get(id);
      while (now != null && now.equals(before) && left > 0 && !closed) {
        left = changed.awaitNanos(left);
        now = shown.get(id);
      }
      return Optional.ofNullable(now);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return find(id);
    } finally {
      lock.unlock();
    }
  }

  /// On the owner's thread. Written down and told first, so that who sees it can rely on both.
  void publish(Map<String, Pull> now) {
    now.values().forEach(pull -> tell(pull, shown.get(pull.id())));
    told.keySet().retainAll(now.keySet());
    lock.lock();
    try {
      shown = now;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Nobody waits any longer than until the next publishing.
  void close() {
    closed = true;
  }

  private void tell(Pull now, @Nullable Pull before) {
    PullState was = before == null ? PullState.QUEUED : before.state();
    if (before == null || was != now.state() || before.attempt() != now.attempt()) {
      tell(now, new PullEvent.Moved(now, was));
    } else if (before.wanted() != now.wanted() || before.hurried() != now.hurried()) {
      save(now); // what somebody has said is said once: a restart must know of it
    } else if (!now.equals(before)
        && System.nanoTime() - told.getOrDefault(now.id(), 0L) > TELL_NANOS) {
      tell(now, new PullEvent.Progressed(now));
    }
  }

  private void tell(Pull now, PullEvent event) {
    save(now);
    tell(events, event);
    followers.forEach(follower -> tell(follower, event));
    told.put(now.id(), System.nanoTime());
  }

  /// What a follower makes of it is not the jobs' affair.
  private static void tell(Consumer<PullEvent> follower, PullEvent event) {
    try {
      follower.accept(event);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "What follows the pulls failed", e);
    }
  }

  private void save(Pull pull) {
    try {
      table.save(pull);
    } catch (DatabaseFailure e) {
      // The job goes on; only a restart would not know of it.
      LOG.log(System.Logger.Level.WARNING, "A pull could not be written down", e);
    }
  }
}
