package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.DiskView;
import dev.corral.api.EngineView;
import dev.corral.api.PullView;
import dev.corral.api.Status;
import dev.corral.model.Bytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The doctor's looks at what models lie here, come and go: `not-found`, `not-listed`,
/// `pull-fails`, `stalled`, `disk-full`, `crashes`, `garbage`.
final class Shelf {
  private final Verb verb;
  private final String model;

  /// @param model the one that it is about; empty for all
  Shelf(Verb verb, String model) {
    this.verb = verb;
    this.model = model;
  }

  List<Finding> notFound() {
    return looked(findings -> {
      JsonNode all = verb.server().get("/manage/models");
      if (model.isEmpty()) {
        findings.add(
            Finding.good(
                all.size() + " models are known; about one: corral doctor not-found MODEL"));
        return;
      }
      try {
        verb.server().post("/api/show", Map.of("model", model));
        findings.add(Finding.good("'" + model + "' is found"));
      } catch (Failure failure) {
        if (failure.exit() != Exit.MISSING) {
          throw failure;
        }
        findings.add(
            Finding.bad(
                "no backend has '" + model + "'",
                "Fetch it: corral pull " + model + ", or is it spelled otherwise? corral list"));
      }
    });
  }

  List<Finding> notListed() {
    return looked(findings -> {
      int listed = 0;
      for (JsonNode one : verb.server().get("/manage/models")) {
        String state = one.path("state").asText();
        String name = one.path("name").asText();
        if (!meant(name)) {
          continue;
        }
        if (state.equals("present")) {
          listed++;
        } else {
          findings.add(
              Finding.bad(
                  "'" + name + "' is " + state + ", so Ollama's clients are not shown it",
                  state.equals("unreachable")
                      ? "Look at its backend: corral doctor cannot-connect"
                      : "Fetch it: corral pull "
                          + fetched(one)
                          + ", or forget it: corral rm "
                          + name));
        }
      }
      findings.add(Finding.good(listed + " models lie on backends and are listed"));
    });
  }

  /// A row that somebody wrote may call a model otherwise than the one who fetches it does.
  private static String fetched(JsonNode model) {
    String name = model.path("row").path("ollamaModelName").asText("");
    return name.isEmpty() ? model.path("name").asText() : name;
  }

  List<Finding> pullFails() {
    return pulls(
        "failed", "the last pull of '", "' failed: ", "Try again: corral pull ", "no pull failed");
  }

  List<Finding> stalled() {
    return pulls(
        "stalled",
        "no bytes come for '",
        "'; it goes on trying",
        "Is the registry reachable? See: corral logs; begin anew: corral pull ",
        "no pull stands still");
  }

  /// Of each model and target only the newest job counts.
  private List<Finding> pulls(String state, String what, String then, String next, String none) {
    return looked(findings -> {
      PullView[] all = Json.as(verb.server().get("/manage/pulls"), PullView[].class);
      Set<String> seen = new HashSet<>();
      for (PullView pull : List.of(all).reversed()) {
        boolean newest = seen.add(pull.model() + " " + pull.target());
        if (newest && pull.state().equals(state) && meant(pull.model())) {
          findings.add(Finding.bad(what + pull.model() + then + pull.error(), next + pull.model()));
        }
      }
      if (findings.isEmpty()) {
        findings.add(Finding.good(none));
      }
    });
  }

  List<Finding> diskFull() {
    return looked(findings -> {
      DiskView disk = Json.as(verb.server().get("/manage/disk"), DiskView.class);
      String free =
          new Bytes(disk.freeBytes()).human()
              + " are free where models lie, "
              + new Bytes(disk.reserveBytes()).human()
              + " of it kept in reserve";
      findings.add(
          disk.availableBytes() > 0
              ? Finding.good(free)
              : Finding.bad(
                  free,
                  "See what takes it: corral sizes; then corral trash empty, or corral prune"
                      + " --unused-for 30d --dry-run"));
    });
  }

  List<Finding> crashes() {
    return looked(findings -> {
      Status status = Json.as(verb.server().get("/manage/status"), Status.class);
      for (EngineView.Ended ended : status.engine().ended()) {
        if (!ended.expected() && meant(ended.name())) {
          findings.add(
              Finding.bad(
                  "the runner of '" + ended.name() + "' ended: " + ended.why(),
                  "What it wrote: corral logs runner " + ended.name()));
        }
      }
      if (findings.isEmpty()) {
        findings.add(Finding.good("no runner of the own engine ended by itself"));
      }
    });
  }

  /// A model that was given no template, or a wrong one, writes on and on, or nonsense.
  List<Finding> garbage() {
    return looked(findings -> {
      for (JsonNode one : verb.server().get("/manage/models")) {
        String name = one.path("name").asText();
        if (meant(name) && one.path("state").asText().equals("present") && talks(one)) {
          JsonNode shown = verb.server().post("/api/show", Map.of("model", name));
          if (shown.path("template").asText().isBlank()) {
            String words = "'" + name + "' has no chat template: it only goes on with a text";
            // Nobody complained of it: a model for completions is meant to be so.
            findings.add(
                model.isEmpty()
                    ? Finding.good(words)
                    : Finding.bad(
                        words,
                        "Take one that is made for chats (its name says instruct or chat)."));
          }
        }
      }
      if (findings.isEmpty()) {
        findings.add(
            Finding.good(
                "every model has a chat template; whether its bytes are right tells: corral"
                    + " verify"));
      }
    });
  }

  private static boolean talks(JsonNode model) {
    List<String> able = new ArrayList<>();
    model.path("capabilities").forEach(one -> able.add(one.asText()));
    return able.contains("completion");
  }

  private boolean meant(String name) {
    return model.isEmpty() || name.equals(model) || name.equals(model + ":latest");
  }

  private static List<Finding> looked(Consumer<List<Finding>> look) {
    List<Finding> findings = new ArrayList<>();
    try {
      look.accept(findings);
    } catch (Failure failure) {
      findings.add(Finding.bad(failure.text(), Choice.next(failure)));
    }
    return findings;
  }
}
