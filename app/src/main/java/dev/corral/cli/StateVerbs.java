package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.Explained;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Unmatched;

/// The verbs that start the program and tell how it is.
final class StateVerbs {
  private StateVerbs() {}

  /// Stands here for the help; `Main` goes past the command line where `serve` comes first.
  @Command(name = "serve", description = "Start the server.")
  static final class Serve extends Verb {
    @Unmatched List<String> settings = new ArrayList<>();

    @Override
    void run() {
      start("serve", settings);
    }
  }

  /// Stands here for the help, like `serve`.
  @Command(
      name = "demo",
      description = {
        "See it work: makes a tiny model, asks it, shows the page. Needs no network.",
        "With --once it ends behind the answer."
      })
  static final class Demo extends Verb {
    @Unmatched List<String> settings = new ArrayList<>();

    @Override
    void run() {
      start("demo", settings);
    }
  }

  @Command(name = "version", description = "The version of this program.")
  static final class Telling extends Verb {
    @Override
    void run() {
      String java = Runtime.version().feature() + " (" + System.getProperty("java.vendor") + ")";
      String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
      Map<String, String> told = new LinkedHashMap<>();
      told.put("version", Version.own());
      told.put("java", java);
      told.put("system", system);
      if (json()) {
        document(told);
        return;
      }
      screen().print("corral " + Version.own());
      if (!root().quiet) {
        screen().print("Java " + java + ", " + system);
      }
    }
  }

  @Command(name = "health", description = "Can the server answer? Tells by its exit code.")
  static final class Health extends Verb {
    @Override
    void run() {
      Server.Probe probe = server().probe("/health/ready");
      if (json()) {
        document(Map.of("ready", probe.success(), "status", probe.status()));
      }
      if (!probe.success()) {
        String told = probe.text().isBlank() ? "status " + probe.status() : probe.text().strip();
        throw new Failure(
            Exit.FAILED,
            "the server at " + server().base() + " is not ready: " + told,
            "What is wrong tells: corral doctor cannot-connect");
      }
      done("ready");
    }
  }

  @Command(name = "explain", description = "Who would answer for a name, and why.")
  static final class Explain extends Verb {
    @Parameters(arity = "0..1", paramLabel = "NAME", description = "As a request would name it.")
    String name = "";

    @Override
    void run() {
      JsonNode answer = server().get("/manage/explain?model=" + Server.encoded(name));
      if (json()) {
        document(answer);
        return;
      }
      Explained explained = Json.as(answer, Explained.class);
      lines(explained).forEach(screen()::print);
      if (!explained.refusal().isEmpty()) {
        throw new Failure(Exit.FAILED, explained.refusal(), "");
      }
    }

    static List<String> lines(Explained explained) {
      List<String> lines = new ArrayList<>();
      String asked = explained.asked().isEmpty() ? "(no model)" : explained.asked();
      lines.add(asked + " → " + (explained.model().isEmpty() ? "nothing" : explained.model()));
      explained.steps().forEach(step -> lines.add("  " + step));
      int place = 1;
      for (Explained.Candidate candidate : explained.candidates()) {
        lines.add(
            "%d. %s on %s: %s"
                .formatted(place, candidate.model(), candidate.backend(), candidate.why()));
        place++;
      }
      return lines;
    }
  }
}
