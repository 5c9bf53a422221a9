package dev.corral.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Answers of `/api/generate` as `/v1/completions` tells them (recordings `v1-completions*` of
/// 0.33.0-rc2; `openai/openai.go`).
public final class CompletionRetelling implements Retelling {
  private static final int IDS = 999;

  private final String id = "cmpl-" + ThreadLocalRandom.current().nextInt(IDS);
  private final boolean usage;

  /// @param usage the stream ends with a chunk of counts, and the others tell zeros
  public CompletionRetelling(boolean usage) {
    this.usage = usage;
  }

  @Override
  public ObjectNode whole(ObjectNode answer) {
    ObjectNode told = head(answer);
    told.put("model", answer.path("model").asText(""));
    told.put("system_fingerprint", "fp_ollama");
    choice(told, answer);
    told.set("usage", ChatRetelling.usage(answer));
    return told;
  }

  @Override
  public List<Event> frame(ObjectNode frame) {
    List<Event> events = new ArrayList<>();
    ObjectNode chunk = head(frame);
    choice(chunk, frame);
    tail(chunk, frame);
    if (usage) {
      chunk.set("usage", ChatRetelling.usage(Trees.object()));
    }
    events.add(Event.of("", chunk));
    if (frame.path("done").asBoolean()) {
      if (usage) {
        ObjectNode counts = head(frame);
        counts.putArray("choices");
        tail(counts, frame);
        counts.set("usage", ChatRetelling.usage(frame));
        events.add(Event.of("", counts));
      }
      events.add(new Event("", "[DONE]"));
    }
    return events;
  }

  private ObjectNode head(ObjectNode frame) {
    return Trees.object()
        .put("id", id)
        .put("object", "text_completion")
        .put("created", ChatRetelling.seconds(frame));
  }

  private static void tail(ObjectNode chunk, ObjectNode frame) {
    chunk.put("model", frame.path("model").asText(""));
    chunk.put("system_fingerprint", "fp_ollama");
  }

  private static void choice(ObjectNode to, ObjectNode frame) {
    ObjectNode choice = to.putArray("choices").addObject();
    choice.put("text", frame.path("response").asText("")).put("index", 0);
    String reason = frame.path("done_reason").asText("");
    if (reason.isEmpty()) {
      choice.putNull("finish_reason");
    } else {
      choice.put("finish_reason", reason);
    }
  }
}
