package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.config.ConfigProblem;
import dev.corral.config.Loaded;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The doctor's look at `cannot-connect`: from this shell to the server, from the server to its
/// backends. Stops at the first thing that is broken, because what lies behind it cannot be seen.
final class Connection {
  /// Where an Ollama listens if nobody says otherwise.
  private static final String OLLAMA = "http://127.0.0.1:11434";

  private final Verb verb;
  private final Server server;
  private final List<Finding> findings = new ArrayList<>();

  Connection(Verb verb) {
    this.verb = verb;
    this.server = verb.server();
  }

  List<Finding> look() {
    if (reached() && corral() && allowed()) {
      backends();
    }
    return findings;
  }

  private boolean reached() {
    try {
      server.probe("/health/live");
      findings.add(Finding.good("a server listens at " + server.base()));
      return true;
    } catch (Failure failure) {
      nobody(failure);
      return false;
    }
  }

  private void nobody(Failure failure) {
    switch (ConfigVerbs.load(verb.root(), null)) {
      case Loaded.Invalid<?> invalid -> {
        String first = invalid.problems().stream().map(ConfigProblem::text).findFirst().orElse("");
        findings.add(
            Finding.bad(
                "the configuration is wrong, so the server does not start: " + first,
                "Put it right (corral config check), then: corral serve"));
      }
      case Loaded.Valid<?> _ -> nobodyThere(failure);
    }
    ollama();
  }

  /// Another address is named only where this home's server answers there, or would.
  private void nobodyThere(Failure failure) {
    List<URI> own = OwnServer.addresses(verb.root());
    for (URI address : own) {
      if (!address.equals(server.base()) && answers(address)) {
        findings.add(
            Finding.bad(
                failure.text() + "; the server of this home listens at " + address,
                "Ask there: corral list --url " + address));
        return;
      }
    }
    int port = server.base().getPort();
    boolean elsewhere =
        Answers.local(server.base()) && own.stream().noneMatch(one -> one.getPort() == port);
    findings.add(
        Finding.bad(
            failure.text(),
            elsewhere
                ? failure.next() + "; as it is configured, it listens at " + own.getLast()
                : failure.next()));
  }

  private boolean answers(URI address) {
    try {
      return new Server(address, verb.root().keyring()).manages();
    } catch (Failure _) {
      return false;
    }
  }

  private void ollama() {
    try {
      Server.Probe version =
          new Server(URI.create(OLLAMA), verb.root().keyring()).probe("/api/version");
      if (version.success()) {
        findings.add(Finding.good("an Ollama answers at " + OLLAMA + "; Corral will find it"));
      }
    } catch (Failure _) {
      findings.add(
          Finding.good(
              "no Ollama answers at "
                  + OLLAMA
                  + "; where no other backend is named, Corral's own engine runs the models"));
    }
  }

  private boolean corral() {
    if (server.manages()) {
      findings.add(Finding.good("it is a Corral"));
      return true;
    }
    boolean ollama = server.probe("/api/version").success();
    findings.add(
        Finding.bad(
            ollama
                ? server.base() + " is an Ollama itself, and no Corral"
                : server.base() + " is something else, and no Corral",
            "Start Corral (corral serve) and point at it: --url or CORRAL_URL, port 11435."));
    return false;
  }

  private boolean allowed() {
    try {
      server.get("/manage/status");
      findings.add(Finding.good("it lets us see its state"));
      return true;
    } catch (Failure failure) {
      findings.add(
          Finding.bad(
              failure.text(),
              failure.next().isEmpty()
                  ? "Give a key with scope manage (--key), or run this as the user who runs Corral."
                  : failure.next()));
      return false;
    }
  }

  private void backends() {
    JsonNode status = server.get("/manage/status");
    JsonNode backends = status.path("backends");
    if (backends.isEmpty()) {
      findings.add(
          Finding.bad(
              "it has no backend, so nobody answers",
              "Start an Ollama (ollama serve), or add one: corral backends add NAME ADDRESS"));
    }
    for (JsonNode backend : backends) {
      String name = backend.path("name").asText();
      String where = "backend '" + name + "' at " + backend.path("url").asText();
      String state = backend.path("state").asText();
      findings.add(
          Map.of("up", true, "unknown", true).containsKey(state)
              ? Finding.good(where + " is " + state)
              : Finding.bad(
                  where + " is " + state + ": " + backend.path("why").asText(),
                  state.equals("draining")
                      ? "Take it back: corral backends drain " + name + " --undo"
                      : "Start it (ollama serve), then: corral backends test " + name));
    }
    Server.Probe ready = server.probe("/health/ready");
    findings.add(
        ready.success()
            ? Finding.good("it is ready")
            : Finding.bad("it is not ready: " + ready.text().strip(), "See: corral logs"));
  }
}
