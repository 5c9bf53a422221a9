package dev.corral.pull;

import dev.corral.model.ModelName;
import dev.corral.pull.Pull.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A job as its owner's thread keeps it. For that thread alone.
final class Job {
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
  private @Nullable Work run;
  private boolean hurried;
  private boolean wanted;
  private boolean wantsRoom;

  /// Bytes for which it had no room.
  private long lacked;

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
    this.wanted = before.wanted();
    this.hurried = before.hurried();
    // One that a person has paused has no problem.
    this.wantsRoom = state == PullState.PAUSED && !problem.text().isEmpty();
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

  /// How often it was begun, by us or by its work itself.
  int attempt() {
    return attempt + (run == null ? 0 : run.again());
  }

  boolean means(String where, ModelName other) {
    return target.equals(where) && name.key().equals(other.key());
  }

  /// True for the same model at the same place: one that was cancelled and one asked for anew.
  boolean same(Job other) {
    return means(other.target, other.name);
  }

  /// True where it was at work in an earlier attempt.
  boolean hadBegun() {
    return attempt > 0;
  }

  /// True where nobody waits for it.
  boolean prefetched() {
    return askedBy.equals(Pulls.PREFETCH) && !wanted;
  }

  /// Somebody has asked for it.
  void want() {
    wanted = true;
  }

  /// Somebody wants it now, whatever the window says.
  void hurry() {
    hurried = true;
  }

  boolean hurried() {
    return hurried;
  }

  /// True where it is paused until the disk has room for [#missing()] bytes.
  boolean wantsRoom() {
    return wantsRoom && state == PullState.PAUSED;
  }

  long missing() {
    return Math.max(lacked, bytesTotal - bytesDone);
  }

  /// What it waits for in the queue.
  void waits(Problem reason) {
    problem = reason;
  }

  void begin(Work one) {
    run = one;
    stopping = null;
    attempt++;
    state = PullState.RESOLVING;
    problem = Problem.NONE;
  }

  boolean working() {
    return run != null;
  }

  /// True where its run was asked to end.
  boolean ending() {
    return stopping != null;
  }

  /// True where nothing will come of it any more, also while its run still ends.
  boolean over() {
    return state.ended() || stopping == PullState.CANCELLED;
  }

  /// The run ends, to go on another time; what somebody has said of it before counts more.
  void giveWay() {
    if (run != null && stopping == null) {
      stopping = PullState.QUEUED;
      run.stop();
    }
  }

  /// Somebody pauses or cancels it. The last word counts, but nothing undoes a cancel.
  void stop(PullState as, Instant now) {
    if (run == null) {
      wantsRoom = false;
      problem = Problem.NONE;
      rest(as, now);
    } else if (stopping != PullState.CANCELLED) {
      stopping = as;
      run.stop();
    }
  }

  /// Somebody wants it to go on where it is paused, also while its run still ends.
  void goOn() {
    if (stopping == PullState.PAUSED) {
      stopping = PullState.QUEUED;
    } else if (state == PullState.PAUSED) {
      queue();
    }
  }

  void queue() {
    wantsRoom = false;
    state = PullState.QUEUED;
    problem = Problem.NONE;
    endedAt = null;
  }

  /// No thread works on it.
  void rest(PullState as, Instant now) {
    state = as;
    // Nothing ends before it began, whatever was done to the clock.
    endedAt = !as.ended() ? null : now.isBefore(startedAt) ? startedAt : now;
  }

  /// It cannot even begin.
  void fail(Problem why, Instant now) {
    problem = why;
    rest(PullState.FAILED, now);
  }

  void ended(Work.End end, Instant now) {
    look(System.nanoTime());
    attempt = attempt();
    run = null;
    PullState asked = stopping;
    stopping = null;
    switch (end) {
      case Work.End.Done _ -> {
        bytesDone = bytesTotal;
        rest(PullState.DONE, now);
      }
      case Work.End.Stopped _ -> rest(asked == null ? PullState.QUEUED : asked, now);
      case Work.End.Failed failed -> {
        problem = failed.problem();
        rest(asked == PullState.CANCELLED ? asked : PullState.FAILED, now);
      }
      case Work.End.NoRoom full -> {
        boolean stays = asked == PullState.PAUSED || asked == PullState.CANCELLED;
        wantsRoom = !stays;
        lacked = full.bytes();
        problem = stays ? Problem.NONE : full.problem();
        rest(asked == PullState.CANCELLED ? asked : PullState.PAUSED, now);
      }
    }
  }

  /// Takes over what its run has done meanwhile.
  void look(long now) {
    Work working = run;
    if (working == null) {
      return;
    }
    blobs = working.blobs();
    if (!blobs.isEmpty()) {
      bytesTotal = blobs.stream().mapToLong(Pull.Blob::total).sum();
      long there = blobs.stream().mapToLong(Pull.Blob::done).sum();
      // A manifest that changed may be smaller; what was shown as done stays shown.
      bytesTotal = Math.max(bytesTotal, bytesDone);
      bytesDone = Math.min(bytesTotal, Math.max(bytesDone, there));
      rate.add(now, there);
    }
    state = working.state();
  }

  Pull snapshot() {
    boolean flowing = state == PullState.PULLING;
    long perSecond = flowing ? rate.bytesPerSecond() : 0;
    Optional<Rate.Left> left = flowing ? rate.left(bytesTotal - bytesDone) : Optional.empty();
    return new Pull(
        id,
        name,
        target,
        state,
        bytesDone,
        bytesTotal,
        perSecond,
        left.map(Rate.Left::seconds).orElse(null),
        left.map(Rate.Left::most).orElse(null),
        attempt(),
        startedAt,
        endedAt,
        problem,
        askedBy,
        wanted,
        hurried,
        blobs);
  }
}
