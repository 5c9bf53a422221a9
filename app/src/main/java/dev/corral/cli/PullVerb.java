package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.PullPlan;
import dev.corral.api.PullView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pull`: has the server fetch models, all that is configured where none is named, and looks
/// whether each is whole and answers.
@Command(
    name = "pull",
    description = "Fetch models; without a name, all that is configured and missing.")
final class PullVerb extends Verb {
  private static final String PULLS = "/manage/pulls";

  @Parameters(arity = "0..*", paramLabel = "MODEL")
  List<String> models = new ArrayList<>();

  @Option(names = "--on", paramLabel = "NODE", description = "To this backend, or to 'all'.")
  String on = "";

  @Option(names = "--dry-run", description = "Only tell what would be done.")
  boolean dryRun;

  @Option(names = "--force", description = "Fetch what would not fit into memory, too.")
  boolean force;

  @Option(names = "--insecure", description = "Accept a registry without a right certificate.")
  boolean insecure;

  @Override
  void run() {
    if (!corral()) {
      bare();
      return;
    }
    List<String> meant = models.stream().map(Transfers.Pull::meant).toList();
    List<PullPlan> plans =
        List.of(
            Json.as(
                server().post(PULLS + "/plan", Map.of("models", meant, "on", on)),
                PullPlan[].class));
    PullPlans shown = new PullPlans(this, plans);
    if (dryRun) {
      shown.print();
      shown.refuse(force);
      return;
    }
    if (plans.isEmpty()) {
      nothing();
      return;
    }
    shown.refuse(force);
    shown.announce();
    fetchAll(plans);
  }

  /// Ollama's own server knows nothing of jobs.
  private boolean corral() {
    Server.Probe session = server().probe("/manage/session");
    return session.success() && Json.read(session.text()).has("keysInForce");
  }

  private void bare() {
    if (models.isEmpty() || dryRun || !on.isEmpty()) {
      throw new Failure(
          Exit.USAGE,
          server().base() + " is no Corral: it fetches named models only, to itself",
          "Name a model: corral pull llama3.2");
    }
    for (String model : models) {
      Transfers.Pull.fetch(this, model, insecure);
      done("pulled '" + model + "'");
    }
  }

  private void nothing() {
    if (json()) {
      document(List.of());
      return;
    }
    done(
        "Nothing is configured to be fetched. Name a model (corral pull llama3.2), or set default:"
            + " or aliases: in corral.yaml.");
  }

  private void fetchAll(List<PullPlan> plans) {
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
    new PullTable(this, results.stream().map(one -> one.ended(ended)).toList())
        .conclude(models.isEmpty() || plans.size() > 1);
  }

  private PullView ask(PullPlan plan) {
    JsonNode job = server().post(PULLS, Map.of("model", plan.model(), "on", plan.target()));
    return Json.as(job, PullView.class);
  }

  private Map<String, PullView> followed(List<PullView> asked) {
    if (asked.isEmpty()) {
      return Map.of();
    }
    String again = models.isEmpty() ? "corral pull" : "corral pull " + String.join(" ", models);
    try (Interrupted _ =
            new Interrupted(
                screen(), "The server goes on fetching; come back to it with: " + again);
        PullBars bars = new PullBars(screen(), root().quiet || json())) {
      return new PullFollow(this, asked, bars).toTheEnd();
    }
  }
}
