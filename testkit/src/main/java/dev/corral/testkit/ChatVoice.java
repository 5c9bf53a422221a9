package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/v1/chat/completions`: OpenAI's shape as Ollama writes it.
final class ChatVoice extends OpenAiVoice {
  private final long created = Instant.now().getEpochSecond();
  private boolean first = true;

  /// @param usage whether the stream ends with a chunk of usage (`stream_options.include_usage`)
  ChatVoice(String model, boolean usage) {
    super(model, usage, "chatcmpl-");
  }

  @Override
  public List<byte[]> piece(Speech.Piece piece) {
    ObjectNode delta = delta();
    if (piece.thought()) {
      delta.put("content", "").put("reasoning", piece.text());
    } else {
      delta.put("content", piece.text());
    }
    return List.of(event(chunk(model, delta, null)));
  }

  /// Finish, usage and `[DONE]` share one chunk of the body, as recorded (`v1-chat-stream-usage`).
  @Override
  public List<byte[]> closing(Speech.Said said) {
    Speech.ToolCall tool = said.speech().tool();
    byte[] call = new byte[0];
    if (tool != null) {
      ObjectNode delta = delta().put("content", "");
      addCall(delta, tool);
      call = event(chunk(model, delta, null));
    }
    byte[] finish = event(chunk(model, Json.object(), finishReason(said)));
    byte[] counted = new byte[0];
    if (usage) {
      ObjectNode last = head("chat.completion.chunk", model);
      last.putArray("choices");
      last.set("usage", usage(said));
      counted = event(last);
    }
    return List.of(Wire.join(call, finish, counted, done()));
  }

  /// The mark of a late error: a chunk of no model (ollama-live.md 10).
  @Override
  public byte[] lateError(String message) {
    return event(chunk("", Json.object().put("content", ""), null));
  }

  @Override
  public byte[] whole(Speech.Said said) {
    ObjectNode answer = head("chat.completion", model);
    ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
    ObjectNode message =
        choice.putObject("message").put("role", "assistant").put("content", said.text());
    if (!said.thinking().isEmpty()) {
      message.put("reasoning", said.thinking());
    }
    Speech.ToolCall tool = said.speech().tool();
    if (tool != null) {
      addCall(message, tool);
    }
    choice.put("finish_reason", finishReason(said));
    answer.set("usage", usage(said));
    return Json.line(answer);
  }

  private static @Nullable String finishReason(Speech.Said said) {
    if (!said.complete()) {
      return null;
    }
    return said.speech().tool() != null ? "tool_calls" : said.speech().reason();
  }

  private static void addCall(ObjectNode message, Speech.ToolCall tool) {
    ObjectNode call =
        message
            .putArray("tool_calls")
            .addObject()
            .put("id", tool.id())
            .put("index", 0)
            .put("type", "function");
    call.putObject("function")
        .put("name", tool.name())
        .put("arguments", Json.text(tool.arguments()));
  }

  /// The role stands in the first delta only.
  private ObjectNode delta() {
    ObjectNode delta = Json.object();
    if (first) {
      delta.put("role", "assistant");
      first = false;
    }
    return delta;
  }

  private ObjectNode head(String object, String speaker) {
    return Json.object()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", speaker)
        .put("system_fingerprint", "fp_ollama");
  }

  private ObjectNode chunk(String speaker, ObjectNode delta, @Nullable String finish) {
    ObjectNode chunk = head("chat.completion.chunk", speaker);
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.put("finish_reason", finish);
    return chunk;
  }
}
