package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// `/v1/completions`: OpenAI's shape as Ollama writes it.
final class CompletionVoice implements Voice {
  private final String model;
  private final boolean usage;
  private final String id = "cmpl-" + ThreadLocalRandom.current().nextInt(999);

  /// @param usage whether every chunk carries usage: zeros, and the counts in the last one
  CompletionVoice(String model, boolean usage) {
    this.model = model;
    this.usage = usage;
  }

  @Override
  public Headers streamHeaders() {
    return Headers.of("Content-Type", "text/event-stream");
  }

  @Override
  public Headers wholeHeaders() {
    return Headers.of("Content-Type", "application/json");
  }

  @Override
  public List<byte[]> opening() {
    return List.of();
  }

  @Override
  public List<byte[]> piece(Speech.Piece piece) {
    return List.of(ChatVoice.event(chunk(model, piece.thought() ? "" : piece.text(), null)));
  }

  @Override
  public List<byte[]> closing(Speech.Said said) {
    byte[] finish = ChatVoice.event(chunk(model, "", said.speech().reason()));
    byte[] counted = new byte[0];
    if (usage) {
      ObjectNode last = head();
      last.putArray("choices");
      last.put("model", model).put("system_fingerprint", "fp_ollama");
      last.set("usage", ChatVoice.usage(said));
      counted = ChatVoice.event(last);
    }
    return List.of(Wire.join(finish, counted, Wire.ascii("data: [DONE]\n\n")));
  }

  @Override
  public byte[] lateError(String message) {
    return ChatVoice.event(chunk("", "", null));
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
    answer.set("usage", ChatVoice.usage(said));
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
      chunk
          .putObject("usage")
          .put("prompt_tokens", 0)
          .put("completion_tokens", 0)
          .put("total_tokens", 0);
    }
    return chunk;
  }
}
