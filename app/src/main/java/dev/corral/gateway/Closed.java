package dev.corral.gateway;

import dev.corral.door.Visit;
import dev.corral.wire.Problem;

/// Routes that act with a node's account at its vendor. They exist, so that clients get the answer
/// of a node whose cloud is off, and are never forwarded.
final class Closed {
  private Closed() {}

  static void account(Visit visit) {
    visit.refuse(Problem.of(503, "account unavailable"));
  }

  static void experimental(Visit visit) {
    String what =
        switch (visit.rest()) {
          case "web_search" -> "web search is unavailable";
          case "web_fetch" -> "web fetch is unavailable";
          default -> "this feature is unavailable";
        };
    visit.refuse(Problem.of(403, "ollama cloud is disabled: " + what));
  }
}
