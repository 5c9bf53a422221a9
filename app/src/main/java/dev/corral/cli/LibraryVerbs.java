package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.ActiveView;
import dev.corral.api.ModelView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The verbs about what is tracked, protected and active.
final class LibraryVerbs {
  private LibraryVerbs() {}

  private static String path(String model, String what) {
    return "/manage/models/" + Server.encoded(model) + "/" + what;
  }

  @Command(
      name = "use",
      description = {
        "The active model for everybody who names none.",
        "Without MODEL it tells which one that is."
      })
  static final class Use extends Verb {
    @Parameters(arity = "0..1", paramLabel = "MODEL")
    String model = "";

    @Override
    void run() {
      JsonNode answer =
          model.isEmpty()
              ? server().get("/manage/active")
              : server().post(path(model, "use"), Map.of());
      if (json()) {
        document(answer);
        return;
      }
      ActiveView active = Json.as(answer, ActiveView.class);
      String said =
          active.source().equals("run time") && !active.configured().isEmpty()
              ? " (the configuration says " + active.configured() + ")"
              : "";
      if (model.isEmpty()) {
        screen().print(active.model().isEmpty() ? "none" : active.model() + said);
      } else {
        done("'" + active.model() + "' answers those who name no model" + said);
      }
    }
  }

  @Command(
      name = "adopt",
      description = {
        "Track models that a backend has and nobody tracks.",
        "Without MODEL all that are offered."
      })
  static final class Adopt extends Verb {
    @Parameters(arity = "0..*", paramLabel = "MODEL")
    List<String> models = new ArrayList<>();

    @Override
    void run() {
      JsonNode answer = server().post("/manage/models/adopt", new ModelView.Adoption(models));
      if (json()) {
        document(answer);
        return;
      }
      answer.forEach(model -> done("tracks '" + model.path("name").asText() + "'"));
      if (answer.isEmpty()) {
        done("nothing to adopt: every model on the backends is tracked, or was given up");
      }
    }
  }

  @Command(name = "protect", description = "Let nothing remove a model, until unprotect.")
  static final class Protect extends Verb {
    @Parameters(arity = "1..*", paramLabel = "MODEL")
    List<String> models = new ArrayList<>();

    @Override
    void run() {
      for (String model : models) {
        JsonNode answer = server().post(path(model, "protect"), Map.of());
        if (json()) {
          document(answer);
        }
        done("'" + model + "' is protected");
      }
    }
  }

  @Command(name = "unprotect", description = "Let a model be removed again.")
  static final class Unprotect extends Verb {
    @Parameters(arity = "1..*", paramLabel = "MODEL")
    List<String> models = new ArrayList<>();

    @Override
    void run() {
      for (String model : models) {
        JsonNode answer = server().delete(path(model, "protect"), null);
        if (json()) {
          document(answer);
        }
        done("'" + model + "' is no longer protected");
      }
    }
  }
}
