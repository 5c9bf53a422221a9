package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.BackendView;
import dev.corral.api.NewBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `corral backends`: who answers.
@Command(name = "backends", description = "List, add, remove, drain and test backends.")
final class BackendVerbs extends Verb {
  private static final String PATH = "/manage/backends";

  @Override
  void run() {
    listing(this);
  }

  /// The subcommands, by name.
  static Map<String, Verb> parts() {
    return Map.of(
        "list", new Listing(),
        "add", new Add(),
        "remove", new Remove(),
        "drain", new Drain(),
        "test", new Try());
  }

  @Command(name = "list", description = "The backends and how they are.")
  static final class Listing extends Verb {
    @Override
    void run() {
      listing(this);
    }
  }

  @Command(
      name = "add",
      description = "Add a backend; kept until it is removed, also over restarts.")
  static final class Add extends Verb {
    @Parameters(index = "0", paramLabel = "NAME")
    String name = "";

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "http://HOST:PORT")
    String address = "";

    @Option(names = "--kind", paramLabel = "KIND", description = "ollama (default) or openai.")
    String kind = "";

    @Option(
        names = "--backend-key",
        paramLabel = "KEY",
        description = "The key that Corral shows this backend.")
    String backendKey = "";

    @Override
    void run() {
      JsonNode answer = server().post(PATH, new NewBackend(name, address, kind, backendKey));
      if (json()) {
        document(answer);
      }
      done("added '" + name + "'");
    }
  }

  @Command(name = "remove", description = "Forget a backend.")
  static final class Remove extends Verb {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    void run() {
      server().delete(PATH + "/" + Server.encoded(name), null);
      done("removed '" + name + "'");
    }
  }

  @Command(
      name = "drain",
      description = "Let a backend finish what runs and give it nothing new, until --undo.")
  static final class Drain extends Verb {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Option(names = "--undo", description = "Take it back into service.")
    boolean undo;

    @Override
    void run() {
      server().post(PATH + "/" + Server.encoded(name) + "/drain", Map.of("drain", !undo));
      done(undo ? "'" + name + "' serves again" : "'" + name + "' gets nothing new");
    }
  }

  @Command(name = "test", description = "Look at a backend now; fails where it is not up.")
  static final class Try extends Verb {
    @Parameters(paramLabel = "NAME")
    String name = "";

    @Override
    void run() {
      JsonNode answer = server().post(PATH + "/" + Server.encoded(name) + "/test", Map.of());
      if (json()) {
        document(answer);
      }
      BackendView backend = Json.as(answer, BackendView.class);
      if (!backend.state().equals("up")) {
        throw new Failure(
            Exit.FAILED,
            "'" + name + "' is " + backend.state() + ": " + backend.why(),
            "Does it run at " + backend.url() + "? More: corral doctor cannot-connect");
      }
      done("'" + name + "' is up, " + backend.models().size() + " models, " + backend.version());
    }
  }

  private static void listing(Verb verb) {
    JsonNode backends = verb.server().get(PATH);
    if (verb.json()) {
      verb.document(backends);
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (JsonNode node : backends) {
      BackendView backend = Json.as(node, BackendView.class);
      rows.add(
          List.of(
              backend.name(),
              backend.url(),
              backend.kind(),
              state(verb.screen(), backend.state()),
              String.valueOf(backend.models().size()),
              String.join(",", backend.loaded()),
              String.valueOf(backend.inFlight()),
              backend.state().equals("up") ? backend.version() : backend.why()));
    }
    verb.screen()
        .table(
            List.of("NAME", "ADDRESS", "KIND", "STATE", "MODELS", "LOADED", "OPEN", "NOTE"), rows);
  }

  private static String state(Screen screen, String state) {
    return switch (state) {
      case "up" -> screen.good(state);
      case "down" -> screen.bad(state);
      default -> state;
    };
  }
}
