package dev.corral.pull;

import dev.corral.pull.Pull.Problem;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Who is queued, at work and over, and what people say of it. For the owner's thread alone.
final class Roster {
  private final InstantSource clock;

  /// Those that were asked for first come first.
  private final Map<String, Job> jobs = new LinkedHashMap<>();

  Roster(List<Pull> before, InstantSource clock) {
    this.clock = clock;
    before.forEach(pull -> jobs.put(pull.id(), new Job(pull)));
  }

  Collection<Job> all() {
    return jobs.values();
  }

  boolean working() {
    return all().stream().anyMatch(Job::working);
  }

  /// True where something will be to do later although nobody says a word.
  boolean waiting() {
    return all().stream().anyMatch(job -> job.wantsRoom() || job.state() == PullState.QUEUED);
  }

  /// Who asks for what is being fetched joins that job.
  Pull asked(Command.Ask ask) {
    Optional<Job> job =
        all().stream()
            .filter(one -> !one.over() && one.means(ask.target(), ask.name()))
            .findFirst();
    return job.isPresent() ? joined(job.get(), ask) : added(ask);
  }

  private static Pull joined(Job job, Command.Ask ask) {
    if (!ask.askedBy().equals(Pulls.PREFETCH)) { // nobody waits for that: what is paused stays so
      job.want();
      job.goOn();
      if (ask.approved()) {
        approve(job);
      }
    }
    return job.snapshot();
  }

  private Pull added(Command.Ask ask) {
    Pull fresh =
        new Pull(
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()),
            ask.name(),
            ask.target(),
            ask.approved() ? PullState.QUEUED : PullState.WAITING_FOR_APPROVAL,
            0,
            0,
            0,
            null,
            null,
            0,
            clock.instant(),
            null,
            Problem.NONE,
            ask.askedBy(),
            false,
            false,
            List.of());
    forgetOldest();
    jobs.put(fresh.id(), new Job(fresh));
    return fresh;
  }

  private void forgetOldest() {
    if (jobs.size() >= PullTable.KEPT) {
      all().stream()
          .filter(job -> job.state().ended())
          .map(Job::id)
          .findFirst()
          .ifPresent(jobs::remove);
    }
  }

  /// @return false where there is no such job, or it is over
  boolean changed(Command.Change change) {
    Job job = jobs.get(change.id());
    if (job == null || job.over()) {
      return false;
    }
    switch (change.what()) {
      case PAUSE -> {
        // What waits for a yes stands still already; a pause must not become one.
        if (job.state() != PullState.WAITING_FOR_APPROVAL) {
          job.stop(PullState.PAUSED, clock.instant());
        }
      }
      case CANCEL -> job.stop(PullState.CANCELLED, clock.instant());
      case RESUME -> {
        job.hurry();
        job.goOn();
      }
      case APPROVE -> approve(job);
    }
    return true;
  }

  private static void approve(Job job) {
    if (job.state() == PullState.WAITING_FOR_APPROVAL) {
      job.queue();
    }
  }

  void ended(Command.Ended ended) {
    Job job = jobs.get(ended.id());
    if (job != null) {
      job.ended(ended.end(), clock.instant());
    }
  }

  /// Takes over what the runs have done meanwhile.
  void look() {
    long now = System.nanoTime();
    all().forEach(job -> job.look(now));
  }

  Map<String, Pull> snapshots() {
    Map<String, Pull> now = new LinkedHashMap<>();
    all().forEach(job -> now.put(job.id(), job.snapshot()));
    return now;
  }
}
