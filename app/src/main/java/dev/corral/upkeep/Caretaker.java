package dev.corral.upkeep;

import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.Trash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What upkeep does by itself: empties the trash after its time, prunes where the settings say so,
/// looks for protected models that vanished. One virtual thread.
public final class Caretaker implements AutoCloseable {
  private static final Duration TICK = Duration.ofSeconds(2);
  private static final Duration EXPIRY = Duration.ofMinutes(1);
  private static final Duration TIDYING = Duration.ofHours(1);
  private static final Duration PRUNING = Duration.ofHours(1);

  /// A look that takes longer (it empties a trash, or hashes) is left to itself.
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private static final System.Logger LOG = System.getLogger(Caretaker.class.getName());

  private final Parts parts;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private Instant expired = Instant.MIN;
  private Instant tidied = Instant.MIN;
  private Instant pruned;

  /// @param anchors tidies what is kept for an undo; may block
  /// @param notices lines for the operator
  public record Parts(
      Trash trash,
      Pruning pruning,
      Vanishing vanishing,
      Runnable anchors,
      Supplier<PruneSettings> settings,
      Consumer<String> notices,
      Clock clock) {}

  public Caretaker(Parts parts) {
    this.parts = parts;
    this.pruned = parts.clock().instant();
    this.thread = Thread.ofVirtual().name("upkeep").unstarted(this::run);
  }

  public void start() {
    thread.start();
  }

  /// Ends between two looks, before the databases that they write to are closed.
  @Override
  public void close() {
    closing.countDown();
    try {
      boolean begun = thread.getState() != Thread.State.NEW;
      if (begun && !thread.join(CLOSING)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      do {
        look();
      } while (!closing.await(TICK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// One look at everything. What goes wrong in one thing is said, tried again in the next look,
  /// and no obstacle to the rest.
  void look() {
    Instant now = parts.clock().instant();
    attempt(() -> parts.vanishing().look());
    if (now.isAfter(expired.plus(EXPIRY)) || now.isBefore(expired)) {
      expired = now;
      attempt(this::expire);
    }
    if (now.isAfter(tidied.plus(TIDYING)) || now.isBefore(tidied)) {
      tidied = now;
      attempt(() -> parts.anchors().run());
    }
    attempt(() -> {
      if (due(now)) {
        pruned = now;
        prune(parts.settings().get());
      }
    });
  }

  /// One thing to look after.
  private interface Chore {
    void run() throws StoreFailure;
  }

  private void attempt(Chore chore) {
    try {
      chore.run();
    } catch (StoreFailure e) {
      parts.notices().accept(e.text());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "upkeep could not look around", e);
    }
  }

  private void expire() throws StoreFailure {
    Trash.Emptied emptied = parts.trash().expire();
    if (!emptied.names().isEmpty()) {
      parts.notices().accept("the trash let go of " + emptied.names());
    }
  }

  private boolean due(Instant now) {
    PruneSettings settings = parts.settings().get();
    if (!settings.on()) {
      return false;
    }
    Optional<LocalTime> time = settings.time();
    if (time.isEmpty()) {
      return now.isAfter(pruned.plus(PRUNING));
    }
    ZonedDateTime local = now.atZone(parts.clock().getZone());
    ZonedDateTime last = local.with(time.get());
    last = last.isAfter(local) ? last.minusDays(1) : last;
    return pruned.isBefore(last.toInstant());
  }

  private void prune(PruneSettings settings) throws StoreFailure {
    Pruning.Pruned gone =
        parts.pruning().prune(new Pruning.Wanted(settings.unused(), settings.free(), true));
    if (!gone.models().isEmpty()) {
      parts
          .notices()
          .accept(
              "pruned "
                  + gone.models().stream().map(Pruning.Gone::name).toList()
                  + ", which nobody used; back with: corral trash restore NAME");
    }
  }
}
