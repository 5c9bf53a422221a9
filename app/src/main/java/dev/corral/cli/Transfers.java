package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The verbs that move models between a server and a registry.
final class Transfers {
  /// Digits of a digest in a label.
  private static final int SHORT_DIGEST = 12;

  /// How the server calls its own node.
  static final String OWN = "own";

  private Transfers() {}

  /// A pull as Ollama's own server knows it, which [PullVerb] falls back to, and `run` makes.
  static final class Pull {
    private Pull() {}

    /// Pulls one model and shows how it goes.
    static void fetch(Verb verb, String typed, boolean insecure) {
      String model = meant(typed);
      Map<String, Object> ask = Map.of("model", model, "insecure", insecure, "stream", true);
      try (Interrupted _ = new Interrupted(verb.screen(), () -> resume(verb, model));
          Progress progress = new Progress(verb.screen(), verb.root().quiet || verb.json())) {
        follow(verb, "/api/pull", ask, progress);
      } catch (Failure failure) {
        throw explained(failure, model);
      }
    }

    /// The name as a server reads it: addresses of a browser are for people. What the server may
    /// read in its own way it gets as it was typed.
    static String meant(String typed) {
      return switch (PastedName.read(typed)) {
        case PastedName.Meant meant ->
            ModelName.parse(typed).isPresent() && !typed.startsWith("ollama/")
                ? typed
                : meant.name().shortName();
        case PastedName.Wrong wrong -> throw new Failure(Exit.USAGE, wrong.why(), wrong.next());
      };
    }

    /// A Corral has jobs; a bare Ollama fetches for whoever listens.
    private static String resume(Verb verb, String model) {
      return !verb.server().answeredBy().isEmpty()
          ? "The server goes on fetching; come back to it with: corral pull " + model
          : "What was fetched is kept; go on with: corral pull " + model;
    }

    private static Failure explained(Failure failure, String model) {
      if (!failure.next().isEmpty()) {
        return failure;
      }
      return failure.exit() == Exit.MISSING
          ? new Failure(
              Exit.MISSING,
              "no registry has '" + model + "' (" + failure.text() + ")",
              "Check the spelling; a model of Hugging Face is written hf.co/OWNER/REPOSITORY.")
          : new Failure(failure.exit(), failure.text(), "Try again with: corral pull " + model);
    }
  }

  @Command(name = "push", description = "Send a model to a registry.")
  static final class Push extends Verb {
    @Parameters(paramLabel = "MODEL")
    String model = "";

    @Option(names = "--insecure", description = "Accept a registry without a right certificate.")
    boolean insecure;

    @Override
    void run() {
      Map<String, Object> ask = Map.of("model", model, "insecure", insecure, "stream", true);
      String resume = "The server may go on; look with: corral push " + model;
      try (Interrupted _ = new Interrupted(screen(), resume);
          Progress progress = new Progress(screen(), root().quiet || json())) {
        follow(this, "/api/push", ask, progress);
      }
      done("pushed '" + model + "'");
    }
  }

  /// Shows a stream of `{status, digest, total, completed}` as progress; with `--json` each event
  /// is printed as it is.
  static void follow(Verb verb, String path, Object ask, Progress progress) {
    boolean[] success = {false};
    verb.server().stream(
        path,
        ask,
        event -> {
          success[0] |= event.path("status").asText().equals("success");
          if (verb.json()) {
            verb.document(event);
          } else {
            show(event, progress);
          }
        });
    if (!success[0]) {
      throw new Failure(
          Exit.FAILED,
          "the server ended without saying that it is done",
          "Try again; what happened there tells: corral logs");
    }
  }

  private static void show(JsonNode event, Progress progress) {
    long total = event.path("total").asLong(0);
    String status = event.path("status").asText();
    if (total > 0) {
      progress.bytes(label(event, status), event.path("completed").asLong(0), total);
    } else {
      progress.step(status);
    }
  }

  private static String label(JsonNode event, String status) {
    String digest = event.path("digest").asText("").replace("sha256:", "");
    if (digest.length() <= SHORT_DIGEST) {
      return status;
    }
    String verb = status.split(" ", 2)[0];
    return verb + " " + digest.substring(0, SHORT_DIGEST);
  }
}
