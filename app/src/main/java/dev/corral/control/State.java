package dev.corral.control;

import dev.corral.access.Scope;
import dev.corral.api.Explained;
import dev.corral.api.Session;
import dev.corral.api.Status;
import dev.corral.assign.Assignments;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.journal.Journal;
import dev.corral.route.Asked;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Router;
import java.time.Duration;
import java.util.List;

/// Calls that only look.
final class State {
  /// As the command line makes them: 32 random bytes in hex, with room for other ways.
  private static final int LONGEST_CHALLENGE = 256;

  /// What ended a moment ago should be in the list already.
  private static final Duration JUST_NOW = Duration.ofMillis(200);

  private static final int USUAL_REQUESTS = 100;
  private static final int MOST_REQUESTS = Journal.KEPT;

  private final Parts parts;

  State(Parts parts) {
    this.parts = parts;
  }

  Answer status(Question question) {
    Parts.Facts facts = parts.facts().get();
    FleetSnapshot fleet = parts.fleet().snapshot();
    return Answer.of(
        new Status(
            facts.version(),
            facts.ollamaVersion(),
            facts.startedAt(),
            facts.url(),
            fleet.choice(),
            parts.keysInForce().getAsBoolean(),
            parts.open().getAsInt(),
            facts.configFile(),
            parts.assignments().get().defaultModel(),
            fleet.backends().stream().map(Views::of).toList(),
            parts.engine().get(),
            facts.notes()));
  }

  Answer session(Question question) {
    String challenge = question.visit().request().getHeader("X-Corral-Challenge");
    if (challenge != null && challenge.length() > LONGEST_CHALLENGE) {
      return Answer.no(
          400, "X-Corral-Challenge is longer than " + LONGEST_CHALLENGE + " characters", "");
    }
    List<String> scopes = question.visit().scopes().stream().sorted().map(Scope::word).toList();
    return Answer.of(
        new Session(
            parts.keysInForce().getAsBoolean(),
            question.visit().caller(),
            scopes,
            challenge == null || challenge.isEmpty() ? "" : parts.adminKey().proof(challenge)));
  }

  Answer settings(Question question) {
    return Answer.of(parts.settings().get());
  }

  Answer explain(Question question) {
    String asked = question.parameter("model").orElse("");
    Assignments assignments = parts.assignments().get();
    return Answer.of(
        switch (Router.plan(new Asked(asked, true), parts.fleet().snapshot(), assignments)) {
          case Plan plan ->
              new Explained(
                  asked,
                  plan.model(),
                  plan.steps(),
                  plan.candidates().stream()
                      .map(candidate ->
                          new Explained.Candidate(
                              candidate.backend().name(), plan.model(), candidate.why()))
                      .toList(),
                  "");
          case Refusal no ->
              new Explained(
                  asked,
                  no.model(),
                  no.steps(),
                  List.of(),
                  no.next().isEmpty() ? no.why() : no.why() + ". " + no.next());
        });
  }

  Answer runnerLog(Question question) {
    String model = question.segment();
    return parts
        .runnerLog()
        .apply(model)
        .<Answer>map(Answer::of)
        .orElseGet(() ->
            Answer.no(
                404,
                "No runner served '" + model + "' lately",
                "Which there are: corral ps; a model loads with its first question."));
  }

  Answer requests(Question question) {
    int most = question.parameter("limit").map(State::limit).orElse(USUAL_REQUESTS);
    boolean _ = parts.journal().awaitWritten(JUST_NOW);
    return Answer.of(parts.journal().recent().stream().limit(most).map(Views::of).toList());
  }

  private static int limit(String text) {
    if (text.matches("[1-9]\\d{0,2}") && Integer.parseInt(text) <= MOST_REQUESTS) {
      return Integer.parseInt(text);
    }
    throw new BadRequest("limit is 1 to " + MOST_REQUESTS + ", not '" + text + "'", "");
  }
}
