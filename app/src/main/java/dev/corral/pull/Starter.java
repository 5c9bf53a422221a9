package dev.corral.pull;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import dev.corral.revision.Anchors;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Which jobs may start now (their hours, how many at once, room on the disk), and what begins
/// their work at the place to which they go.
final class Starter {
  private static final System.Logger LOG = System.getLogger(Starter.class.getName());

  private static final Problem MISTAKE =
      new Problem(Cause.OTHER, "Corral made a mistake with this pull", "See: corral logs");

  private final Own own;
  private final Schedule schedule;
  private final Board board;
  private final FetchSettings settings;
  private final InstantSource clock;
  private final Consumer<Command.Ended> over;
  private volatile @Nullable Function<String, Optional<Work.Place>> others;
  private volatile @Nullable Anchors anchors;

  /// When the disks were asked last, as of [System#nanoTime()]; of the owner's thread alone.
  private @Nullable Long looked;

  /// @param over told the end of each work, on its thread
  Starter(
      Own own,
      Schedule schedule,
      Board board,
      FetchSettings settings,
      InstantSource clock,
      Consumer<Command.Ended> over) {
    this.own = own;
    this.schedule = schedule;
    this.board = board;
    this.settings = settings;
    this.clock = clock;
    this.over = over;
  }

  /// Our own store.
  record Own(Store store, Supplier<Fetching> fetching) implements Work.Place {
    @Override
    public Work begin(Work.Order order) {
      return fetching.get().run(order, store);
    }

    @Override
    public boolean hasRoom(long bytes) {
      try {
        store.checkRoom(bytes); // as the start will: the trash goes first
        return true;
      } catch (StoreFailure e) {
        return false;
      }
    }

    /// Bytes that must come free first.
    long lacks(long bytes) {
      try {
        return store.space().missing(bytes);
      } catch (StoreFailure e) {
        return Long.MAX_VALUE;
      }
    }
  }

  /// Where else models can go, by the name of a target; jobs for these wait until it is known.
  void reach(Function<String, Optional<Work.Place>> places) {
    others = places;
  }

  void keepIn(Anchors keeper) {
    anchors = keeper;
  }

  /// Starts what may, and sends back what may not work any more. On the owner's thread.
  void startNext(Collection<Job> jobs) {
    schedule.hold(jobs);
    queueWhatHasRoom(jobs);
    Set<String> tried = new HashSet<>();
    Optional<Job> next = schedule.next(jobs);
    while (next.isPresent() && tried.add(next.get().id())) {
      start(next.get());
      next = schedule.next(jobs);
    }
  }

  /// Disks are not asked at every look at the jobs that run.
  private void queueWhatHasRoom(Collection<Job> jobs) {
    long now = System.nanoTime();
    Long before = looked;
    if (before != null && now - before < settings.look().toNanos()) {
      return;
    }
    for (Job job : jobs) {
      if (job.wantsRoom()) {
        looked = now;
        queueWithRoom(job);
      }
    }
  }

  private void queueWithRoom(Job job) {
    try {
      if (hasRoom(job)) {
        job.queue();
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "The room for a pull could not be asked for", e);
      job.fail(MISTAKE, clock.instant());
    }
  }

  private boolean hasRoom(Job job) {
    long needed = job.missing() + othersNeed(job.id(), job.target());
    if (job.target().equals(Pulls.OWN)) {
      return own.hasRoom(needed) || anchorsGive(Pulls.OWN, own.lacks(needed));
    }
    Function<String, Optional<Work.Place>> places = others;
    // Where the place is gone the start says so.
    return places != null
        && (places.apply(job.target()).map(place -> place.hasRoom(needed)).orElse(true)
            || anchorsGive(job.target(), needed));
  }

  /// What is kept for an undo goes when the job begins.
  private boolean anchorsGive(String target, long bytes) {
    Anchors keeper = anchors;
    return keeper != null && keeper.couldFree(target, bytes);
  }

  private void start(Job job) {
    try {
      Function<String, Optional<Work.Place>> places = others;
      if (job.target().equals(Pulls.OWN)) {
        start(job, own);
      } else if (places != null) {
        places
            .apply(job.target())
            .ifPresentOrElse(
                place -> start(job, place), () -> job.fail(gone(job.target()), clock.instant()));
      } // else it waits until the nodes are known
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "A pull could not begin", e);
      job.fail(MISTAKE, clock.instant());
    }
  }

  private static Problem gone(String target) {
    return new Problem(
        Cause.OTHER,
        "there is no node '" + target + "' that could fetch it",
        "See what there is: corral backends list");
  }

  private void start(Job job, Work.Place place) {
    Work run =
        place.begin(
            new Work.Order(
                job.name(),
                job.target(),
                job.hadBegun(),
                () -> othersNeed(job.id(), job.target()),
                () -> Optional.ofNullable(anchors)));
    job.begin(run);
    Thread.ofVirtual().name("pull " + job.id()).start(() -> work(job.id(), run));
  }

  /// However it ends, its end is told: a job that never ends would never let Corral stop.
  private void work(String id, Work run) {
    Work.End end = new Work.End.Failed(MISTAKE);
    try {
      end = run.work();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "A pull failed", e);
    } finally {
      over.accept(new Command.Ended(id, end));
    }
  }

  /// Asked by a run too, on its thread, hence by the snapshots.
  private long othersNeed(String id, String target) {
    return board.all().stream()
        .filter(pull -> !pull.id().equals(id) && pull.target().equals(target))
        .filter(pull -> pull.state().running())
        .mapToLong(pull -> pull.bytesTotal() - pull.bytesDone())
        .sum();
  }
}
