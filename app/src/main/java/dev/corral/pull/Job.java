package dev.corral.pull;

import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A job as its owner's thread keeps it. For that thread alone.
final class Job {
  /// So long without a byte, and the job is shown as standing still.
  private static final long STALL = Duration.ofSeconds(10).toNanos();

  private final String id;
  private final ModelName name;
  private final String target;
  private final String askedBy;
  private final Instant startedAt;
  private final Rate rate = new Rate();
  private PullState state;
  private long bytesDone;
  private long bytesTotal;
  private int attempt;
  private @Nullable Instant endedAt;
  private Problem problem;
  private List<Pull.Blob> blobs = List.of();
  private @Nullable Run run;

  /// What the run shall end as, where we stop it.
  private @Nullable PullState stopping;

  /// A job as it was asked for, or as it was before a restart.
  Job(Pull before) {
    this.id = before.id();
    this.name = before.model();
    this.target = before.target();
    this.askedBy = before.askedBy();
    this.startedAt = before.startedAt();
    this.state = before.state().running() ? PullState.QUEUED : before.state();
    this.bytesDone = before.bytesDone();
    this.bytesTotal = before.bytesTotal();
    this.attempt = before.attempt();
    this.endedAt = before.endedAt();
    this.problem = before.problem();
  }

  String id() {
    return id;
  }

  ModelName name() {
    return name;
  }

  String target() {
    return target;
  }

  PullState state() {
    return state;
  }

  int attempt() {
    return attempt;
  }

  boolean means(String where, ModelName other) {
    return target.equals(where) && name.key().equals(other.key());
  }

  /// True where it was at work in an earlier attempt.
  boolean hadBegun() {
    return attempt > 0;
  }

  void begin(Run one) {
    run = one;
    stopping = null;
    attempt++;
    state = PullState.RESOLVING;
    problem = Problem.NONE;
  }

  boolean working() {
    return run != null;
  }

  /// Asks the run to end, and remembers what it shall have ended as.
  void stop(PullState as) {
    stopping = as;
    if (run != null) {
      run.stop();
    }
  }

  void queue() {
    state = PullState.QUEUED;
    problem = Problem.NONE;
    endedAt = null;
  }

  /// No thread works on it.
  void rest(PullState as, Instant now) {
    state = as;
    endedAt = as.ended() ? now : null;
  }

  void ended(Run.End end, Instant now) {
    look(System.nanoTime());
    run = null;
    PullState asked = stopping;
    stopping = null;
    switch (end) {
      case Run.End.Done _ -> {
        bytesDone = bytesTotal;
        rest(PullState.DONE, now);
      }
      case Run.End.Stopped _ -> rest(asked == null ? PullState.QUEUED : asked, now);
      case Run.End.Failed failed -> {
        problem = failed.problem();
        rest(asked == PullState.CANCELLED ? asked : PullState.FAILED, now);
      }
    }
  }

  /// Bytes that it will still write.
  long needs() {
    return run == null ? 0 : Math.max(0, bytesTotal - bytesDone);
  }

  /// Takes over what its run has done meanwhile.
  void look(long now) {
    Run working = run;
    if (working == null) {
      return;
    }
    List<Run.Share> shares = List.copyOf(working.shares().values());
    blobs =
        shares.stream()
            .map(share ->
                new Pull.Blob(share.layer().digest(), share.done().get(), share.layer().size()))
            .toList();
    if (!shares.isEmpty()) {
      bytesTotal = blobs.stream().mapToLong(Pull.Blob::total).sum();
      long there = blobs.stream().mapToLong(Pull.Blob::done).sum();
      bytesDone = Math.min(bytesTotal, Math.max(bytesDone, there));
      rate.add(now, there);
    }
    state = shown(working);
  }

  private static PullState shown(Run run) {
    return switch (run.phase()) {
      case PULLING ->
          run.verifying()
              ? PullState.VERIFYING
              : run.silence() > STALL ? PullState.STALLED : PullState.PULLING;
      case PullState other -> other;
    };
  }

  Pull snapshot() {
    boolean flowing = state == PullState.PULLING;
    long perSecond = flowing ? rate.bytesPerSecond() : 0;
    Long eta =
        flowing && rate.known() && perSecond > 0 ? (bytesTotal - bytesDone) / perSecond : null;
    return new Pull(
        id,
        name,
        target,
        state,
        bytesDone,
        bytesTotal,
        perSecond,
        eta,
        attempt,
        startedAt,
        endedAt,
        problem,
        askedBy,
        blobs);
  }
}
