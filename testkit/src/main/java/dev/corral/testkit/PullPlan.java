package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How a pull of one name goes.
///
/// @param result the model that is there after a success; its size is the size of the one big layer
/// @param steps progress events of that layer; each completes an equal part
/// @param perStep pause before each of them
/// @param verify silence while the digest is verified: nothing is sent meanwhile
/// @param error text of the error that ends it behind the last step; empty: it succeeds
/// @param listed the digest in hex that listings tell afterwards; empty: that of the result
/// @param layer the digest in hex that events tell for the layer; empty: that of the result
public record PullPlan(
    TestModel result,
    int steps,
    Duration perStep,
    Duration verify,
    String error,
    String listed,
    String layer) {
  /// A pull that succeeds at once.
  public static PullPlan brings(TestModel result) {
    return new PullPlan(result, 4, Duration.ZERO, Duration.ZERO, "", "", "");
  }

  /// The same as the pull of a registry's model.
  ///
  /// @param manifest its digest in hex, which listings tell
  /// @param blob the digest in hex of its one large layer
  public PullPlan of(String manifest, String blob) {
    return new PullPlan(result, steps, perStep, verify, error, manifest, blob);
  }

  /// The same in so many steps.
  public PullPlan in(int count, Duration pause) {
    return new PullPlan(result, count, pause, verify, error, listed, layer);
  }

  public PullPlan verifyingFor(Duration silence) {
    return new PullPlan(result, steps, perStep, silence, error, listed, layer);
  }

  /// The same, but it ends with an error behind the last step.
  public PullPlan failing(String text) {
    return new PullPlan(result, steps, perStep, verify, text, listed, layer);
  }

  /// One event on its way to the client.
  record Event(Duration before, ObjectNode line) {}

  List<Event> events() {
    List<Event> events = new ArrayList<>();
    String digest = layer.isEmpty() ? result.digest() : layer;
    events.add(status(Duration.ZERO, "pulling manifest"));
    for (int step = 1; step <= steps; step++) {
      events.add(
          new Event(
              perStep,
              Json.object()
                  .put("status", "pulling " + digest.substring(0, 12))
                  .put("digest", "sha256:" + digest)
                  .put("total", result.size())
                  .put("completed", result.size() / steps * step)));
    }
    if (!error.isEmpty()) {
      events.add(new Event(Duration.ZERO, Json.object().put("error", error)));
      return events;
    }
    events.add(status(Duration.ZERO, "verifying sha256 digest"));
    events.add(status(verify, "writing manifest"));
    events.add(status(Duration.ZERO, "success"));
    return events;
  }

  private static Event status(Duration before, String text) {
    return new Event(before, Json.object().put("status", text));
  }
}
