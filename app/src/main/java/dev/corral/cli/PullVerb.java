package dev.corral.cli;

import dev.corral.api.PullPlan;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `pull`: has the server fetch models, all that is configured where none is named, and looks
/// whether each is whole and answers.
@Command(
    name = "pull",
    description = "Fetch models; without a name, all that is configured and missing.")
final class PullVerb extends Verb {
  @Parameters(arity = "0..*", paramLabel = "MODEL")
  List<String> models = new ArrayList<>();

  @Option(names = "--on", paramLabel = "NODE", description = "To this backend, or to 'all'.")
  String on = "";

  @Option(names = "--dry-run", description = "Only tell what would be done.")
  boolean dryRun;

  @Option(names = "--force", description = "Fetch what would not fit into memory, too.")
  boolean force;

  @Option(
      names = "--insecure",
      description = "Of a bare Ollama: accept a registry without a right certificate.")
  boolean insecure;

  @Override
  void run() {
    if (!server().manages()) {
      bare();
      return;
    }
    if (insecure) {
      throw new Failure(
          Exit.USAGE,
          "a Corral asks registries without a certificate only where its configuration names them",
          "Name it under pull: registries: in corral.yaml, with http:// in front.");
    }
    Fetch fetch = new Fetch(this, models, on);
    List<PullPlan> plans = fetch.plans();
    PullPlans shown = new PullPlans(this, plans);
    if (dryRun) {
      shown.print();
      shown.refuse(force);
      shown.require();
      return;
    }
    if (plans.isEmpty()) {
      nothing();
      return;
    }
    shown.refuse(force);
    shown.announce();
    fetch.all(plans);
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
}
