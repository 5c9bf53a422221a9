package dev.corral.control;

import dev.corral.api.BackendView;
import dev.corral.api.PullView;
import dev.corral.api.RequestView;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.Backend;
import dev.corral.ollama.LoadedModel;
import dev.corral.ollama.StoredModel;
import dev.corral.pull.Pull;

/// What the rooms hold, as `/manage` tells it.
final class Views {
  private Views() {}

  static BackendView of(Backend backend) {
    return new BackendView(
        backend.name(),
        backend.target().url(),
        backend.settings().kind(),
        state(backend),
        backend.why(),
        backend.version(),
        backend.source(),
        backend.settings().weight(),
        backend.load().inFlight(),
        backend.stored().stream().map(StoredModel::name).toList(),
        backend.loaded().stream().map(LoadedModel::name).toList(),
        backend.checkedAt());
  }

  private static String state(Backend backend) {
    if (backend.draining()) {
      return "draining";
    }
    return switch (backend.state()) {
      case UP -> "up";
      // It may not be asked, and why says that it is ourselves.
      case DOWN, OURSELVES -> "down";
      case UNKNOWN -> "unknown";
    };
  }

  static RequestView of(ExchangeEvent event) {
    return new RequestView(
        event.id(),
        event.at(),
        event.route(),
        event.caller(),
        event.model().isEmpty() ? event.asked() : event.model(),
        event.backend(),
        event.status(),
        event.outcome().word(),
        millis(event.firstByteNanos()),
        millis(event.totalNanos()),
        event.promptTokens(),
        event.answerTokens(),
        Math.round(event.tokensPerSecond() * 10) / 10.0);
  }

  static PullView of(Pull pull) {
    return new PullView(
        pull.id(),
        pull.model().shortName(),
        pull.target(),
        pull.state().word(),
        pull.bytesDone(),
        pull.bytesTotal(),
        pull.percent(),
        pull.bytesPerSecond(),
        pull.etaSeconds(),
        pull.etaSecondsMost(),
        pull.attempt(),
        pull.startedAt(),
        pull.endedAt(),
        pull.problem().sentence(),
        pull.problem().cause().word(),
        pull.askedBy());
  }

  /// To the microsecond; -1 stays -1.
  private static double millis(long nanos) {
    return nanos < 0 ? -1 : Math.round(nanos / 1e3) / 1e3;
  }
}
