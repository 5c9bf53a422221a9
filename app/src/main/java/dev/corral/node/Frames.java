package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.corral.dialect.GoJson;
import dev.corral.model.Dialect;
import java.util.Map;

/// An answer that is streamed. Each frame leaves at once.
public final class Frames {
  private final Turn turn;
  private final Map<String, String> headers;
  private boolean begun;

  Frames(Turn turn, Map<String, String> headers) {
    this.turn = turn;
    this.headers = headers;
  }

  /// One object as one line of JSON.
  public void send(JsonNode frame) {
    raw(GoJson.text(frame) + "\n");
  }

  /// Text as it stands, with its own line ends.
  void raw(String text) {
    if (!begun) {
      begun = true;
      turn.reply().head(200, headers);
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
