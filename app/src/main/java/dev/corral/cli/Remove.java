package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.Removed;
import dev.corral.model.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral rm`: as in Ollama, through a trash.
@Command(
    name = "rm",
    description = {
      "Delete models. Those of our own store go to the trash for a day (store.trash); an Ollama"
          + " node has none.",
      "Says who uses a model, and what comes free now and when the trash is emptied."
    })
final class Remove extends Verb {
  @Parameters(arity = "1..*", paramLabel = "MODEL")
  List<String> models = new ArrayList<>();

  @Option(names = "--keep-weights", description = "Only stop tracking it; the weights stay.")
  boolean keepWeights;

  @Option(names = "--now", description = "Past the trash, and what is kept of its old revisions.")
  boolean now;

  @Option(names = "--force", description = "Although it is in use; never what is protected.")
  boolean force;

  @Option(names = "--dry-run", description = "Only tell what would go, and who uses it.")
  boolean dryRun;

  @Override
  void run() {
    boolean managed = server().manages();
    for (String model : models) {
      if (managed) {
        remove(model);
      } else if (dryRun) {
        throw new Failure(
            Exit.USAGE,
            server().base() + " is no Corral: it cannot tell before",
            "What there is: corral list");
      } else {
        server().delete("/api/delete", Map.of("model", model));
        done("deleted '" + model + "'");
      }
    }
  }

  private void remove(String model) {
    JsonNode planned = server().delete(path(model, true), null);
    Removed plan = Json.as(planned, Removed.class);
    if (dryRun) {
      String what = keepWeights ? "would stop tracking '" : "would delete '";
      told(planned, what + model + "'", lines(plan, plan.usedBy(), "would come"));
      return;
    }
    List<String> forGood =
        plan.places().stream()
            .filter(place -> !place.trash() && !place.backend().equals(Transfers.OWN))
            .map(Removed.Place::backend)
            .toList();
    if (!forGood.isEmpty()) {
      confirm(
          "'"
              + plan.model()
              + "' lies on "
              + String.join(", ", forGood)
              + ", where there is no trash: it is deleted for good there.");
    }
    JsonNode answer = server().delete(path(model, false), null);
    Removed removed = Json.as(answer, Removed.class);
    String what = keepWeights ? "stopped tracking '" : "deleted '";
    told(answer, what + model + "'", lines(removed, plan.usedBy(), "came"));
  }

  private void told(JsonNode answer, String what, List<String> lines) {
    if (json()) {
      document(answer);
      return;
    }
    done(what);
    lines.forEach(this::done);
  }

  private String path(String model, boolean dryRun) {
    return "/manage/models/"
        + Server.encoded(model)
        + "?weights="
        + !keepWeights
        + "&now="
        + now
        + "&force="
        + force
        + "&dry-run="
        + dryRun;
  }

  private static List<String> lines(Removed removed, List<String> usedBy, String came) {
    List<String> lines = new ArrayList<>();
    usedBy.forEach(use -> lines.add("  " + use));
    if (!removed.weights()) {
      lines.add("  its weights stay; to track it again: corral adopt " + removed.model());
      return lines;
    }
    String bytes = "  " + new Bytes(removed.bytesNow()) + " " + came + " free now";
    Instant goesAt = removed.goesAt();
    if (removed.places().stream().anyMatch(Removed.Place::trash)) {
      bytes += ", " + new Bytes(removed.bytesLater()) + " come free when the trash is emptied";
      lines.add(bytes);
      lines.add(
          "  back with: corral trash restore "
              + removed.model()
              + (goesAt == null ? "" : ", until " + Words.ago(goesAt, Instant.now())));
    } else {
      lines.add(bytes);
    }
    return lines;
  }
}
