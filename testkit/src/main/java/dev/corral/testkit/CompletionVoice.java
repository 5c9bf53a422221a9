package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/v1/completions`: OpenAI's shape as Ollama writes it.
final class CompletionVoice extends OpenAiVoice {
  /// @param usage whether every chunk carries usage: zeros, and the counts in the last one
  CompletionVoice(String model, boolean usage) {
    super(model, usage, "cmpl-");
  }

  @Override
  public List<byte[]> piece(Speech.Piece piece) {
    return List.of(event(chunk(model, piece.thought() ? "" : piece.text(), null)));
  }

  @Override
  public List<byte[]> closing(Speech.Said said) {
    byte[] finish = event(chunk(model, "", said.speech().reason()));
    byte[] counted = new byte[0];
    if (usage) {
      ObjectNode last = head();
      last.putArray("choices");
      last.put("model", model).put("system_fingerprint", "fp_ollama");
      last.set("usage", usage(said));
      counted = event(last);
    }
    return List.of(Wire.join(finish, counted, done()));
  }

  @Override
  public byte[] lateError(String message) {
    return event(chunk("", "", null));
  }

  @Override
  public byte[] whole(Speech.Said said) {
    ObjectNode answer = head().put("model", model).put("system_fingerprint", "fp_ollama");
    answer
        .putArray("choices")
        .addObject()
        .put("text", said.text())
        .put("index", 0)
        .put("finish_reason", said.complete() ? said.speech().reason() : null);
    answer.set("usage", usage(said));
    return Json.line(answer);
  }

  private ObjectNode head() {
    return Json.object()
        .put("id", id)
        .put("object", "text_completion")
        .put("created", Instant.now().getEpochSecond());
  }

  private ObjectNode chunk(String speaker, String text, @Nullable String finish) {
    ObjectNode chunk = head();
    chunk
        .putArray("choices")
        .addObject()
        .put("text", text)
        .put("index", 0)
        .put("finish_reason", finish);
    chunk.put("model", speaker).put("system_fingerprint", "fp_ollama");
    if (usage) {
      chunk.set("usage", usage(0, 0));
    }
    return chunk;
  }
}
