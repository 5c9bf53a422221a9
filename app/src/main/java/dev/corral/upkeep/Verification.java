package dev.corral.upkeep;

import dev.corral.blobs.Housekeeping;
import dev.corral.blobs.Origin;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.pull.Repair;
import dev.corral.upkeep.Verified.Part;
import dev.corral.upkeep.Verified.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Hashes the blobs of models, one model at a time and slowly enough for others to work beside it,
/// and repairs what is damaged. Whoever asks for a model that is being verified joins. Threads
/// share it.
public final class Verification implements AutoCloseable {
  /// A disk of today reads several times as much, so that answering goes on.
  private static final long BYTES_PER_SECOND = 400L << 20;

  /// Pauses shorter than this cost more than they spare.
  private static final long SHORTEST_PAUSE_NANOS = 2_000_000;

  /// A repair that gets no byte for so long is given up.
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final Store store;
  private final Supplier<Repair> repairs;
  private final InstantSource clock;
  private final Map<String, Job> jobs = new ConcurrentHashMap<>();
  private final Semaphore turn = new Semaphore(1, true);
  private volatile boolean over;

  public Verification(Store store, Supplier<Repair> repairs, InstantSource clock) {
    this.store = store;
    this.repairs = repairs;
    this.clock = clock;
  }

  /// Begins to verify a model of the store, or joins whoever does.
  ///
  /// @param repair fetch what is damaged or missing
  public Verified begin(ModelName name, boolean repair) {
    Job job =
        jobs.compute(
            name.key(),
            (_, before) -> {
              boolean joins = before != null && !before.state.ended() && before.repair == repair;
              return joins ? before : new Job(name, repair);
            });
    job.begin();
    return job.state;
  }

  /// How the last verification of a model went or goes; empty where there was none.
  public Optional<Verified> find(ModelName name) {
    return Optional.ofNullable(jobs.get(name.key())).map(job -> job.state);
  }

  /// Waits for its end, or for so long.
  public Optional<Verified> await(ModelName name, Duration atMost) {
    Job job = jobs.get(name.key());
    if (job != null) {
      job.await(atMost);
    }
    return find(name);
  }

  /// Ends what runs, at the next piece.
  @Override
  public void close() {
    over = true;
    jobs.values().forEach(Job::stop);
  }

  /// One verification, on a thread of its own.
  private final class Job {
    private final ModelName name;
    private final boolean repair;
    private final CountDownLatch end = new CountDownLatch(1);
    private volatile Verified state;
    private volatile Optional<Repair> repairing = Optional.empty();
    private boolean begun;
    private long begunNanos;
    private long read;

    Job(ModelName name, boolean repair) {
      this.name = name;
      this.repair = repair;
      this.state = Verified.waiting(name, clock.instant());
    }

    synchronized void begin() {
      if (!begun) {
        begun = true;
        Thread.ofVirtual().name("verify " + name.shortName()).start(this::work);
      }
    }

    void await(Duration atMost) {
      try {
        boolean _ = end.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    void stop() {
      repairing.ifPresent(Repair::stop);
    }

    private void work() {
      try {
        turn.acquire();
        try {
          look();
        } finally {
          turn.release();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (StoreFailure e) {
        state = state.failed(e.text(), clock.instant());
      } catch (Over _) {
        state = state.failed("Corral is stopping", clock.instant());
      } catch (RuntimeException e) {
        System.getLogger("dev.corral.upkeep")
            .log(System.Logger.Level.ERROR, "A verification failed", e);
        state = state.failed("Corral made a mistake; look at: corral logs", clock.instant());
      } finally {
        end.countDown();
      }
    }

    private void look() throws StoreFailure {
      Optional<StoredModel> found = store.find(name);
      if (found.isEmpty()) {
        state = state.failed("it is not in the store any more", clock.instant());
        return;
      }
      StoredModel model = found.get();
      state = state.running(model.sizeBytes());
      begunNanos = System.nanoTime();
      Set<Digest> seen = new HashSet<>();
      for (Layer layer : model.manifest().blobs()) {
        if (seen.add(layer.digest())) {
          look(model, layer);
        }
      }
      state = state.ended(clock.instant());
    }

    private void look(StoredModel model, Layer layer) {
      Housekeeping.Seen what =
          model.origin() == Origin.SEED && layer.mediaType().equals(Layer.CONFIG)
              ? new Housekeeping.Seen.Whole() // made up by us for a file that has none
              : store.housekeeping().look(layer, this::pace);
      Optional<Part> part =
          switch (what) {
            case Housekeeping.Seen.Whole _ -> Optional.empty();
            case Housekeeping.Seen.Damaged _ -> Optional.of(mended(model, layer, State.DAMAGED));
            case Housekeeping.Seen.Missing _ -> Optional.of(mended(model, layer, State.MISSING));
            case Housekeeping.Seen.Unreadable no ->
                Optional.of(Part.of(layer, State.UNREADABLE, no.why()));
          };
      part.ifPresent(one -> state = state.with(one));
    }

    private Part mended(StoredModel model, Layer layer, State how) {
      if (!repair) {
        return Part.of(layer, how, "");
      }
      if (model.origin() != Origin.OWN) {
        return Part.of(
            layer,
            how,
            "it lies in a folder that Corral only reads; repair it there: ollama pull "
                + name.shortName());
      }
      return switch (repaired(layer)) {
        case Repair.End.Whole whole ->
            new Part(
                layer.digest(),
                layer.mediaType(),
                layer.size(),
                State.REPAIRED,
                whole.fetched(),
                "");
        case Repair.End.Stopped _ ->
            Part.of(
                layer,
                how,
                over ? "Corral is stopping" : "its registry sent nothing for half a minute");
        case Repair.End.Failed no -> Part.of(layer, how, no.problem().sentence());
      };
    }

    /// A pull waits for its registry for long; whoever repairs wants to know.
    private Repair.End repaired(Layer layer) {
      Repair work = repairs.get();
      repairing = Optional.of(work);
      if (over) {
        work.stop(); // who ended us may have looked before there was a repair
      }
      AtomicLong lastByte = new AtomicLong(System.nanoTime());
      CountDownLatch done = new CountDownLatch(1);
      Thread.ofVirtual()
          .name("repair " + name.shortName())
          .start(() -> {
            while (!over(done)) {
              if (!work.asking()) {
                lastByte.set(System.nanoTime());
              } else if (System.nanoTime() - lastByte.get() > SILENCE.toNanos()) {
                work.stop();
              }
            }
          });
      try {
        return work.repair(name, layer, _ -> lastByte.set(System.nanoTime()));
      } finally {
        done.countDown();
      }
    }

    private static boolean over(CountDownLatch done) {
      try {
        return done.await(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return true;
      }
    }

    /// Counts what was read, and waits where that was faster than it may be.
    private void pace(int bytes) {
      if (over) {
        throw new Over();
      }
      read += bytes;
      state = state.at(read);
      long due = begunNanos + read * 1_000_000_000L / BYTES_PER_SECOND;
      long early = due - System.nanoTime();
      if (early > SHORTEST_PAUSE_NANOS) {
        LockSupport.parkNanos(early);
      }
    }
  }

  /// The program stops in the middle of a blob.
  private static final class Over extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
