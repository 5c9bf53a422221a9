package dev.corral.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Tells one answer of Ollama's in another dialect, frame by frame or as a whole. One instance for
/// each answer.
public interface Retelling {
  /// A Server-Sent Event.
  ///
  /// @param name empty where the dialect names none
  record Event(String name, String data) {
    static Event of(String name, ObjectNode data) {
      return new Event(name, GoJson.text(data));
    }

    /// As it goes over the line.
    public String text() {
      return (name.isEmpty() ? "" : "event: " + name + "\n") + "data: " + data + "\n\n";
    }
  }

  /// What a frame becomes; for the last one (`done`) the end of the stream too.
  List<Event> frame(ObjectNode frame);

  /// What an answer becomes that is not streamed.
  ObjectNode whole(ObjectNode answer);
}
