package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.api.Explained;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The doctor's look at `wrong-model`: who is asked, how the name is read, who answered lately.
final class Choice {
  /// Requests that are looked at, newest first.
  private static final int LATELY = 50;

  private final Verb verb;
  private final String model;
  private final List<Finding> findings = new ArrayList<>();

  /// @param model as it was asked; empty for a request that names none
  Choice(Verb verb, String model) {
    this.verb = verb;
    this.model = model;
  }

  List<Finding> look() {
    try {
      elsewhere();
      explained();
      lately();
    } catch (Failure failure) {
      findings.add(Finding.bad(failure.text(), next(failure)));
    }
    return findings;
  }

  static String next(Failure failure) {
    return failure.next().isEmpty() ? "Look further: corral doctor cannot-connect" : failure.next();
  }

  /// Clients of Ollama go where this variable says.
  private void elsewhere() {
    String host = verb.root().surroundings().variable("OLLAMA_HOST").orElse("");
    if (host.isEmpty()) {
      return;
    }
    URI asked = Root.address(host);
    URI ours = verb.server().base();
    findings.add(
        asked.getPort() == ours.getPort()
            ? Finding.good("clients of Ollama in this shell ask " + host)
            : Finding.bad(
                "OLLAMA_HOST is " + host + ": clients of Ollama in this shell go past Corral",
                "If they should come here: export OLLAMA_HOST="
                    + ours.getHost()
                    + ":"
                    + ours.getPort()));
  }

  private void explained() {
    String path = "/manage/explain?model=" + Server.encoded(model);
    Explained explained = Json.as(verb.server().get(path), Explained.class);
    String asked = model.isEmpty() ? "a request without a model" : "'" + model + "'";
    if (!explained.refusal().isEmpty()) {
      findings.add(
          Finding.bad(
              asked + " is answered by nobody: " + explained.refusal(),
              model.isEmpty()
                  ? "Name a model in the request, or set `default` in corral.yaml."
                  : "Is it spelled right? What there is: corral list"));
      return;
    }
    findings.add(Finding.good(asked + " means " + explained.model()));
    explained.steps().forEach(step -> findings.add(Finding.good(step)));
    for (Explained.Candidate candidate : explained.candidates()) {
      findings.add(
          Finding.good(candidate.model() + " on " + candidate.backend() + ": " + candidate.why()));
    }
  }

  private void lately() {
    if (model.isEmpty()) {
      return;
    }
    JsonNode requests = verb.server().get("/manage/requests");
    String wanted = model.toLowerCase(Locale.ROOT);
    int seen = 0;
    for (JsonNode request : requests) {
      boolean same = request.path("model").asText().toLowerCase(Locale.ROOT).startsWith(wanted);
      if (seen++ < LATELY && same) {
        findings.add(
            Finding.good(
                "last answered by "
                    + request.path("model").asText()
                    + " on "
                    + request.path("backend").asText()
                    + " at "
                    + request.path("at").asText()));
        return;
      }
    }
  }
}
