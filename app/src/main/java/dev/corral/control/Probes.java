package dev.corral.control;

import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.fleet.Backend;
import java.util.ArrayList;
import java.util.List;

/// What machines ask: is it alive, can it answer, how is it doing. Told in plain text, because
/// probes read the status alone and people the text.
final class Probes {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Parts parts;

  Probes(Parts parts) {
    this.parts = parts;
  }

  /// The process lives and its event loops turn; nothing else is asked.
  void live(Visit visit) {
    Replies.text(visit.request(), 200, TEXT, "live\n");
  }

  void started(Visit visit) {
    boolean started = parts.started().getAsBoolean();
    Replies.text(
        visit.request(), started ? 200 : 503, TEXT, started ? "started\n" : "still starting\n");
  }

  /// It can answer. Names no backend, because everybody may ask.
  Answer ready(Question question) {
    List<String> reasons = new ArrayList<>(parts.unready().get());
    List<Backend> open = parts.fleet().snapshot().open();
    if (open.stream().noneMatch(backend -> backend.state() == Backend.State.UP)) {
      reasons.add(
          open.isEmpty()
              ? "there is no backend that may be asked; see: corral backends list"
              : "no backend answers; see: corral backends list");
    }
    return reasons.isEmpty()
        ? new Answer.Text(200, TEXT, "ready\n")
        : new Answer.Text(503, TEXT, "not ready: " + String.join("; ", reasons) + "\n");
  }

  Answer metrics(Question question) {
    return new Answer.Text(200, PROMETHEUS, parts.metrics().get());
  }
}
