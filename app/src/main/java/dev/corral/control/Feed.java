package dev.corral.control;

import dev.corral.journal.Entry;
import dev.corral.pull.PullEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/// The last events, each with a number that rises by one. Whoever reads along keeps its own place;
/// who falls behind by more than is kept learns that it missed something.
final class Feed {
  /// A page that slept for a minute on a busy server comes back without a gap.
  private static final int KEPT = 2_000;

  static final Set<String> TOPICS = Set.of("alert", "backend", "pull", "request", "runner");

  private final Item[] items = new Item[KEPT];
  private final List<Runnable> followers = new CopyOnWriteArrayList<>();

  /// Tells the numbers of this run from those of the one before.
  private final String run =
      Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), Character.MAX_RADIX);

  private long next = 1;

  /// @param number rises by one
  /// @param data becomes JSON when somebody reads it, which is seldom
  record Item(long number, String topic, Supplier<Object> data) {
    String json() {
      return Calls.json(data.get());
    }
  }

  /// Data of the topic `alert`.
  record Alert(Instant at, String kind, String subject, String text) {}

  /// Data of the topic `backend`.
  record BackendChange(Instant at, String name, String state, String why) {}

  /// Data of the topic `runner`.
  ///
  /// @param state `loaded`, `unloaded` or `failed`
  record RunnerChange(Instant at, String model, String state, String why) {}

  /// From the journal's own thread.
  void take(Entry entry) {
    switch (entry) {
      case Entry.Exchanged exchanged -> put("request", () -> Views.of(exchanged.event()));
      case Entry.Notice(Instant at, _, String kind, String subject, String state, String text) -> {
        switch (kind) {
          case "alert" -> put(kind, () -> new Alert(at, state, subject, text));
          case "backend" -> put(kind, () -> new BackendChange(at, subject, state, text));
          case "runner" -> put(kind, () -> new RunnerChange(at, subject, state, text));
          default -> {} // of other things the log alone tells
        }
      }
    }
  }

  /// From the thread that owns the jobs.
  void take(PullEvent event) {
    put("pull", () -> Views.of(event.pull()));
  }

  private void put(String topic, Supplier<Object> data) {
    synchronized (items) {
      items[(int) (next % KEPT)] = new Item(next, topic, data);
      next++;
    }
    wake();
  }

  /// Lets every follower look, though nothing new may be there.
  void wake() {
    followers.forEach(Runnable::run);
  }

  /// Calls `follower` after each new event, from another thread; it must be quick.
  void follow(Runnable follower) {
    followers.add(follower);
  }

  void leave(Runnable follower) {
    followers.remove(follower);
  }

  int followers() {
    return followers.size();
  }

  /// The number that the next event will have.
  long next() {
    synchronized (items) {
      return next;
    }
  }

  /// The oldest number that is kept.
  long oldest() {
    synchronized (items) {
      return Math.max(1, next - KEPT);
    }
  }

  /// At most so many events from that number on; none where that is in the future or too old.
  List<Item> from(long number, int most) {
    List<Item> found = new ArrayList<>();
    synchronized (items) {
      for (long i = number; i >= oldest() && i < next && found.size() < most; i++) {
        found.add(items[(int) (i % KEPT)]);
      }
    }
    return found;
  }

  String id(long number) {
    return run + "-" + number;
  }

  /// The number behind an id of this run; -1 for any other.
  long number(String id) {
    String own = run + "-";
    if (!id.startsWith(own) || !id.substring(own.length()).matches("\\d{1,18}")) {
      return -1;
    }
    long number = Long.parseLong(id.substring(own.length()));
    return number < next() ? number : -1;
  }
}
