package dev.corral.gateway;

import dev.corral.dialect.Call;
import dev.corral.dialect.Words;
import dev.corral.fleet.Backend;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.upstream.Failure;
import dev.corral.wire.Problem;

/// Every no of the gateway, as the caller's clients know it.
final class Refusals {
  /// How long a client should wait for a node to come back: it is asked again every second.
  private static final int RETRY_SECONDS = 1;

  private Refusals() {}

  static Problem problem(Call call, Refusal no) {
    return switch (no.kind()) {
      case NO_NAME -> Words.nameRequired(call);
      case BAD_NAME -> Words.invalidName(call, no.model());
      case CLOUD_NAME ->
          Problem.of(
              403,
              call == Call.SHOW
                  ? "ollama cloud is disabled: remote model details are unavailable"
                  : "ollama cloud is disabled: remote model is unavailable");
      case RESERVED, FOREIGN_HOST -> Problem.of(403, no.why(), no.next());
      case UNKNOWN_ASSIGNMENT -> Problem.of(404, no.why(), no.next());
      case NO_BACKEND, UNREACHABLE ->
          Problem.of(503, no.why(), no.next()).retryAfter(RETRY_SECONDS);
    };
  }

  /// No connection to the last candidate. Its address is told only where everybody may manage.
  static Problem unreachable(Exchange exchange, Plan plan, Plan.Candidate last, String why) {
    Backend backend = last.backend();
    String where =
        exchange.gateway().keysInForce() ? "'" + backend.name() + "'" : backend.target().url();
    if (plan.candidates().size() > 1) {
      return Problem.of(
              503,
              "None of "
                  + plan.candidates().size()
                  + " backends could be reached; the last was "
                  + where
                  + " ("
                  + why
                  + ")",
              "See them: corral backends list")
          .retryAfter(RETRY_SECONDS);
    }
    return cannotConnect(exchange.gateway(), backend, why);
  }

  /// A call that only this node could answer failed there.
  static Problem oneNode(Gateway gateway, Backend node, Failure failure) {
    return switch (failure) {
      case Failure.NotConnected not -> cannotConnect(gateway, node, not.why());
      case Failure.NotSent not -> notSent(not.why());
      case Failure.NoAnswer none -> noAnswer(node, none.why());
      case Failure.Cut cut -> noAnswer(node, cut.why());
    };
  }

  /// No backend was asked, and none is to blame.
  static Problem notSent(String why) {
    return Problem.of(
            503, "This server could not pass the request on: " + why, "Try again shortly.")
        .retryAfter(RETRY_SECONDS);
  }

  private static Problem cannotConnect(Gateway gateway, Backend backend, String why) {
    String where = gateway.keysInForce() ? "'" + backend.name() + "'" : backend.target().url();
    if (!backend.ollama()) {
      return Problem.of(
          502,
          "Cannot connect to the backend at " + where + " (" + why + ")",
          "Start it, or see: corral backends list");
    }
    return Problem.of(
        502,
        "Cannot connect to Ollama server at "
            + where
            + ". Please ensure Ollama is installed and running. ("
            + why
            + ")",
        "Start: 'ollama serve'");
  }

  /// It took the request and gave no usable answer.
  static Problem noAnswer(Backend backend, String why) {
    return new Problem(
        502,
        backend.name(),
        "The backend '" + backend.name() + "' failed before it answered: " + why,
        "Try again; if it stays so: corral doctor cannot-connect",
        null);
  }
}
