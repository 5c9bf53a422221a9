package dev.corral.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/// `/v1/messages`: Anthropic's shape as Ollama writes it.
final class MessagesVoice implements Voice {
  /// Which kind of block is open in the stream.
  private enum Block {
    NONE,
    THINKING,
    TEXT
  }

  private final String model;
  private final int estimate;
  private final String id = "msg_" + Layer.hex(12);
  private Block open = Block.NONE;
  private int index;

  /// @param estimate the input tokens told at the start: a quarter of the characters
  MessagesVoice(String model, int estimate) {
    this.model = model;
    this.estimate = estimate;
  }

  @Override
  public Headers streamHeaders() {
    return Headers.of("Cache-Control", "no-cache", "Content-Type", "text/event-stream");
  }

  @Override
  public Headers wholeHeaders() {
    return Headers.of("Content-Type", "application/json");
  }

  @Override
  public List<byte[]> opening() {
    ObjectNode start = Json.object().put("type", "message_start");
    ObjectNode message = message(start.putObject("message"));
    message.putArray("content");
    message.putObject("usage").put("input_tokens", estimate).put("output_tokens", 0);
    return List.of(event(start));
  }

  @Override
  public List<byte[]> piece(Speech.Piece piece) {
    List<byte[]> frames = new ArrayList<>();
    Block wanted = piece.thought() ? Block.THINKING : Block.TEXT;
    String field = piece.thought() ? "thinking" : "text";
    if (open != wanted) {
      close(frames);
      open = wanted;
      ObjectNode start = Json.object().put("type", "content_block_start").put("index", index);
      start.putObject("content_block").put("type", field).put(field, "");
      frames.add(event(start));
    }
    ObjectNode delta = Json.object().put("type", "content_block_delta").put("index", index);
    delta.putObject("delta").put("type", field + "_delta").put(field, piece.text());
    frames.add(event(delta));
    return frames;
  }

  @Override
  public List<byte[]> closing(Speech.Said said) {
    List<byte[]> frames = new ArrayList<>();
    close(frames);
    Speech.ToolCall tool = said.speech().tool();
    if (tool != null) {
      ObjectNode start = Json.object().put("type", "content_block_start").put("index", index);
      start
          .putObject("content_block")
          .put("type", "tool_use")
          .put("id", tool.id())
          .put("name", tool.name())
          .putObject("input");
      frames.add(event(start));
      ObjectNode delta = Json.object().put("type", "content_block_delta").put("index", index);
      delta
          .putObject("delta")
          .put("type", "input_json_delta")
          .put("partial_json", Json.text(tool.arguments()));
      frames.add(event(delta));
      frames.add(event(stop()));
    }
    ObjectNode delta = Json.object().put("type", "message_delta");
    delta.putObject("delta").put("stop_reason", stopReason(said));
    delta.set("usage", usage(said));
    frames.add(event(delta));
    frames.add(event(Json.object().put("type", "message_stop")));
    return frames;
  }

  /// Ollama tells nothing here: the stream just stops (ollama-live.md 10).
  @Override
  public byte[] lateError(String message) {
    return new byte[0];
  }

  @Override
  public byte[] whole(Speech.Said said) {
    ObjectNode answer = message(Json.object());
    ArrayNode content = answer.putArray("content");
    if (!said.thinking().isEmpty()) {
      content.addObject().put("type", "thinking").put("thinking", said.thinking());
    }
    if (!said.text().isEmpty()) {
      content.addObject().put("type", "text").put("text", said.text());
    }
    Speech.ToolCall tool = said.speech().tool();
    if (tool != null) {
      content
          .addObject()
          .put("type", "tool_use")
          .put("id", tool.id())
          .put("name", tool.name())
          .set("input", tool.arguments());
    }
    answer.put("stop_reason", stopReason(said));
    answer.set("usage", usage(said));
    return Json.line(answer);
  }

  private void close(List<byte[]> frames) {
    if (open != Block.NONE) {
      frames.add(event(stop()));
      open = Block.NONE;
      index++;
    }
  }

  private ObjectNode stop() {
    return Json.object().put("type", "content_block_stop").put("index", index);
  }

  private ObjectNode message(ObjectNode node) {
    return node.put("id", id).put("type", "message").put("role", "assistant").put("model", model);
  }

  private static ObjectNode usage(Speech.Said said) {
    return Json.object()
        .put("input_tokens", said.complete() ? said.speech().promptTokens() : 0)
        .put("output_tokens", said.complete() ? said.evalTokens() : 0);
  }

  private static String stopReason(Speech.Said said) {
    if (said.speech().tool() != null) {
      return "tool_use";
    }
    return said.speech().reason().equals("length") ? "max_tokens" : "end_turn";
  }

  private static byte[] event(ObjectNode data) {
    return Wire.join(
        Wire.ascii("event: " + data.path("type").asText() + "\ndata: "),
        Json.bytes(data),
        Wire.ascii("\n\n"));
  }
}
