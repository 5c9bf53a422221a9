package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.PullPlan;
import dev.corral.api.PullView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Has a Corral fetch models by jobs of its own, follows them to their end, and looks at each.
final class Fetch {
  private static final String PULLS = "/manage/pulls";

  private final Verb verb;
  private final List<String> models;
  private final String on;

  /// @param models as typed; empty for all that is configured
  /// @param on a backend's name, `all`, or empty
  Fetch(Verb verb, List<String> models, String on) {
    this.verb = verb;
    this.models = models.stream().map(Transfers.Pull::meant).toList();
    this.on = on;
  }

  List<PullPlan> plans() {
    JsonNode plans = verb.server().post(PULLS + "/plan", Map.of("models", models, "on", on));
    return List.of(Json.as(plans, PullPlan[].class));
  }

  /// @throws Failure where one of them did not come, or does not answer
  void all(List<PullPlan> plans) {
    List<PullResult> results = new ArrayList<>();
    List<PullView> asked = new ArrayList<>();
    for (PullPlan plan : plans) {
      // What is configured and there is only looked at; what somebody names is brought up to date.
      if (plan.there() && models.isEmpty()) {
        results.add(new PullResult(plan, null));
      } else {
        PullView job = ask(plan);
        asked.add(job);
        results.add(new PullResult(plan, job));
      }
    }
    Map<String, PullView> ended = followed(asked);
    new PullTable(verb, results.stream().map(one -> one.ended(ended)).toList())
        .conclude(models.isEmpty() || plans.size() > 1);
  }

  private PullView ask(PullPlan plan) {
    JsonNode job = verb.server().post(PULLS, Map.of("model", plan.model(), "on", plan.target()));
    return Json.as(job, PullView.class);
  }

  private Map<String, PullView> followed(List<PullView> asked) {
    if (asked.isEmpty()) {
      return Map.of();
    }
    String again = models.isEmpty() ? "corral pull" : "corral pull " + String.join(" ", models);
    String there = on.isEmpty() ? "" : " --on " + on;
    String later = "The server goes on fetching; come back to it with: " + again + there;
    try (Interrupted _ = new Interrupted(verb.screen(), later);
        PullBars bars = new PullBars(verb.screen(), verb.root().quiet || verb.json())) {
      return new PullFollow(verb, asked, bars).toTheEnd();
    }
  }
}
