package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/api/generate` and `/api/chat`: one JSON object per line.
final class NativeVoice implements Voice {
  /// A context holds no more than the model keeps, however long the prompt was.
  private static final int MOST_CONTEXT = 4096;

  private final String model;
  private final boolean chat;
  private final boolean context;
  private final long began = System.nanoTime();

  private NativeVoice(String model, boolean chat, boolean context) {
    this.model = model;
    this.chat = chat;
    this.context = context;
  }

  static NativeVoice chat(String model) {
    return new NativeVoice(model, true, false);
  }

  /// @param context whether the last object carries `context`, which `raw` answers do not
  static NativeVoice generate(String model, boolean context) {
    return new NativeVoice(model, false, context);
  }

  @Override
  public Headers streamHeaders() {
    return Headers.of("Content-Type", "application/x-ndjson");
  }

  @Override
  public Headers wholeHeaders() {
    return Headers.of("Content-Type", "application/json; charset=utf-8");
  }

  @Override
  public List<byte[]> opening() {
    return List.of();
  }

  @Override
  public List<byte[]> piece(Speech.Piece piece) {
    ObjectNode line = head();
    if (piece.thought()) {
      say(line, "", piece.text(), null);
    } else {
      say(line, piece.text(), "", null);
    }
    return List.of(Json.line(line.put("done", false)));
  }

  @Override
  public List<byte[]> closing(Speech.Said said) {
    return List.of(Json.line(last(said, "", "")));
  }

  @Override
  public byte[] lateError(String message) {
    return Json.line(Json.object().put("error", message));
  }

  @Override
  public byte[] whole(Speech.Said said) {
    return Json.bytes(last(said, said.text(), said.thinking()));
  }

  /// The answer to a request that only loads or unloads.
  byte[] nothing(String reason) {
    ObjectNode line = head();
    say(line, "", "", null);
    return Json.bytes(line.put("done", true).put("done_reason", reason));
  }

  private ObjectNode head() {
    return Json.object().put("model", model).put("created_at", Instant.now().toString());
  }

  private void say(ObjectNode line, String text, String thinking, Speech.@Nullable ToolCall tool) {
    ObjectNode target = line;
    if (chat) {
      target = line.putObject("message").put("role", "assistant").put("content", text);
    } else {
      line.put("response", text);
    }
    if (!thinking.isEmpty()) {
      target.put("thinking", thinking);
    }
    if (tool != null) {
      ObjectNode call = target.putArray("tool_calls").addObject().put("id", tool.id());
      call.putObject("function")
          .put("index", 0)
          .put("name", tool.name())
          .set("arguments", tool.arguments());
    }
  }

  private ObjectNode last(Speech.Said said, String text, String thinking) {
    ObjectNode line = head();
    say(line, text, thinking, said.speech().tool());
    if (!said.complete()) {
      return line.put("done", false);
    }
    line.put("done", true).put("done_reason", said.speech().reason());
    if (context) {
      var tokens = line.putArray("context");
      int all = said.speech().promptTokens() + said.tokens();
      for (int i = 0; i < Math.min(all, MOST_CONTEXT); i++) {
        tokens.add(i + 1);
      }
    }
    long total = System.nanoTime() - began;
    return line.put("total_duration", total)
        .put("load_duration", total / 10 + 1)
        .put("prompt_eval_count", said.speech().promptTokens())
        .put("prompt_eval_duration", total / 5 + 1)
        .put("eval_count", said.evalTokens())
        .put("eval_duration", total / 2 + 1);
  }
}
