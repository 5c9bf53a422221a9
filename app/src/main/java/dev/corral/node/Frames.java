package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.dialect.GoJson;
import dev.corral.model.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// An answer that is streamed. Each frame leaves at once.
public final class Frames {
  private final Turn turn;
  private final String type;
  private final String before;
  private final String after;
  private boolean begun;

  Frames(Turn turn, String type, String before, String after) {
    this.turn = turn;
    this.type = type;
    this.before = before;
    this.after = after;
  }

  public void send(JsonNode frame) {
    raw(before + new String(GoJson.bytes(frame), StandardCharsets.UTF_8) + after);
  }

  /// Text as it stands, with its own line ends.
  public void raw(String text) {
    if (!begun) {
      begun = true;
      turn.reply().head(200, Map.of("Content-Type", type));
    }
    turn.reply().write(Turn.utf8(text));
  }

  /// The stream is whole.
  public void end() {
    if (!begun) {
      raw("");
    }
    turn.reply().end();
  }

  boolean begun() {
    return begun;
  }

  /// The head is out, so the status stays. Ollama's own dialect has a last line for it; in the
  /// others Ollama tells nothing, so the answer is cut and the gateway finds the words.
  void fail(Refused why) {
    if (turn.dialect() == Dialect.OLLAMA) {
      send(JsonNodeFactory.instance.objectNode().put("error", why.text()));
      turn.reply().end();
    } else {
      turn.reply().cut(why.text());
    }
  }
}
