package dev.corral.node;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// What a create tells on its way, as Ollama's progress events; nobody hears it where the answer is
/// not streamed.
final class Steps {
  /// Ollama's digest for work that has none yet.
  private static final String NO_DIGEST = "0000000000000000000";

  private final @Nullable Frames frames;

  /// @param frames null where nothing is told on the way
  Steps(@Nullable Frames frames) {
    this.frames = frames;
  }

  void say(String status) {
    send(status(status));
  }

  /// @param total bytes of the file that is worked on
  void measured(String status, long total, double share) {
    send(
        status(status)
            .put("digest", NO_DIGEST)
            .put("total", total)
            .put("completed", (long) (share * total)));
  }

  private void send(ObjectNode event) {
    Frames open = frames;
    if (open != null) {
      open.send(event);
    }
  }

  static ObjectNode status(String text) {
    return JsonNodeFactory.instance.objectNode().put("status", text);
  }
}
