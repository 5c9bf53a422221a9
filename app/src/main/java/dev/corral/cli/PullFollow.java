package dev.corral.cli;

import dev.corral.api.PullView;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Follows jobs of the server until the last one is over.
final class PullFollow {
  /// Often enough for a bar that moves.
  private static final long LOOK_MILLIS = 250;

  private final Verb verb;
  private final PullBars bars;
  private final Map<String, PullView> jobs = new LinkedHashMap<>();

  PullFollow(Verb verb, List<PullView> asked, PullBars bars) {
    this.verb = verb;
    this.bars = bars;
    asked.forEach(job -> jobs.put(job.id(), job));
  }

  /// The jobs as they ended, by their ids.
  ///
  /// @throws Failure where somebody paused one: it will not end by itself
  Map<String, PullView> toTheEnd() {
    show(List.copyOf(jobs.values()));
    while (jobs.values().stream().anyMatch(job -> job.endedAt() == null)) {
      rest();
      PullView[] all = Json.as(verb.server().get("/manage/pulls"), PullView[].class);
      List<PullView> changed = new ArrayList<>();
      for (PullView job : all) {
        PullView before = jobs.get(job.id());
        if (before != null && !before.equals(job)) {
          jobs.put(job.id(), job);
          changed.add(job);
        }
      }
      show(changed);
      jobs.values().forEach(PullFollow::refuse);
    }
    return jobs;
  }

  private void show(List<PullView> changed) {
    if (verb.json()) {
      changed.forEach(verb::document);
    }
    bars.show(List.copyOf(jobs.values()));
  }

  private static void refuse(PullView job) {
    if (job.state().equals("paused") && !job.error().isEmpty()) {
      throw new Failure(
          Exit.REFUSED, "the pull of '" + job.model() + "' is paused: " + job.error(), "");
    }
    if (job.state().equals("paused")) {
      throw new Failure(
          Exit.FAILED,
          "the pull of '" + job.model() + "' is paused",
          "Go on with: corral pull " + job.model() + " --on " + job.target());
    }
    if (job.state().equals("waiting-for-approval")) {
      throw new Failure(
          Exit.REFUSED,
          "the pull of '" + job.model() + "' waits until somebody who may approves it",
          "They do it with: POST /manage/pulls/" + job.id() + "/approve");
    }
  }

  private static void rest() {
    try {
      Thread.sleep(LOOK_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
