package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Answers of `/api/chat` as Anthropic's `/v1/messages` tells them (recordings `v1-messages*` of
/// 0.33.0-rc2; `anthropic/anthropic.go`).
public final class MessagesRetelling implements Retelling {
  private enum Block {
    NONE,
    THINKING,
    TEXT
  }

  private final String id;
  private final String model;
  private final int guess;
  private List<Event> events = new ArrayList<>();
  private Block open = Block.NONE;
  private int index;
  private boolean begun;
  private boolean thought;
  private boolean called;

  /// @param model as it was asked for
  /// @param guess at the prompt's tokens, told before they are counted
  public MessagesRetelling(String model, int guess) {
    byte[] random = new byte[12];
    ThreadLocalRandom.current().nextBytes(random);
    this.id = "msg_" + HexFormat.of().formatHex(random);
    this.model = model;
    this.guess = guess;
  }

  @Override
  public ObjectNode whole(ObjectNode answer) {
    JsonNode message = answer.path("message");
    ObjectNode told = head(answer.path("model").asText(""));
    ArrayNode content = Trees.object().arrayNode();
    String thinking = message.path("thinking").asText("");
    if (!thinking.isEmpty()) {
      content.addObject().put("type", "thinking").put("thinking", thinking);
    }
    String text = message.path("content").asText("");
    if (!text.isEmpty()) {
      content.addObject().put("type", "text").put("text", text);
    }
    for (JsonNode call : message.path("tool_calls")) {
      use(content.addObject(), call).set("input", call.path("function").path("arguments"));
    }
    told.set("content", content.isEmpty() ? told.nullNode() : content);
    String reason = reason(answer, !message.path("tool_calls").isEmpty());
    if (!reason.isEmpty()) {
      told.put("stop_reason", reason);
    }
    told.set("usage", usage(answer));
    return told;
  }

  @Override
  public List<Event> frame(ObjectNode frame) {
    events = new ArrayList<>();
    if (!begun) {
      begun = true;
      begin(frame);
    }
    JsonNode message = frame.path("message");
    String thinking = message.path("thinking").asText("");
    if (!thinking.isEmpty() && !thought) {
      enter(Block.THINKING, Trees.object().put("type", "thinking").put("thinking", ""));
      delta(Trees.object().put("type", "thinking_delta").put("thinking", thinking));
    }
    String text = message.path("content").asText("");
    if (!text.isEmpty()) {
      enter(Block.TEXT, Trees.object().put("type", "text").put("text", ""));
      delta(Trees.object().put("type", "text_delta").put("text", text));
    }
    message.path("tool_calls").forEach(this::call);
    if (frame.path("done").asBoolean()) {
      leave();
      end(frame);
    }
    return events;
  }

  private void begin(ObjectNode frame) {
    int known = frame.path("prompt_eval_count").asInt();
    ObjectNode message = head(model);
    message.putArray("content");
    message
        .putObject("usage")
        .put("input_tokens", known == 0 ? guess : known)
        .put("output_tokens", 0);
    ObjectNode start = Trees.object().put("type", "message_start");
    start.set("message", message);
    events.add(Event.of("message_start", start));
  }

  private void end(ObjectNode frame) {
    ObjectNode last = Trees.object().put("type", "message_delta");
    ObjectNode delta = last.putObject("delta");
    String reason = reason(frame, called);
    if (!reason.isEmpty()) {
      delta.put("stop_reason", reason);
    }
    last.set("usage", usage(frame));
    events.add(Event.of("message_delta", last));
    events.add(Event.of("message_stop", Trees.object().put("type", "message_stop")));
  }

  private void enter(Block wanted, ObjectNode empty) {
    if (open == wanted) {
      return;
    }
    leave();
    open = wanted;
    start(empty);
  }

  private void leave() {
    if (open != Block.NONE) {
      thought |= open == Block.THINKING;
      open = Block.NONE;
      stop();
    }
  }

  private void call(JsonNode call) {
    leave();
    called = true;
    ObjectNode block = use(Trees.object(), call);
    block.putObject("input");
    start(block);
    delta(
        Trees.object()
            .put("type", "input_json_delta")
            .put("partial_json", GoJson.text(call.path("function").path("arguments"))));
    stop();
  }

  private void start(ObjectNode block) {
    ObjectNode start = Trees.object().put("type", "content_block_start").put("index", index);
    start.set("content_block", block);
    events.add(Event.of("content_block_start", start));
  }

  private void delta(ObjectNode delta) {
    ObjectNode more = Trees.object().put("type", "content_block_delta").put("index", index);
    more.set("delta", delta);
    events.add(Event.of("content_block_delta", more));
  }

  private void stop() {
    ObjectNode stop = Trees.object().put("type", "content_block_stop").put("index", index);
    events.add(Event.of("content_block_stop", stop));
    index++;
  }

  private ObjectNode head(String named) {
    return Trees.object()
        .put("id", id)
        .put("type", "message")
        .put("role", "assistant")
        .put("model", named);
  }

  private static ObjectNode use(ObjectNode block, JsonNode call) {
    return block
        .put("type", "tool_use")
        .put("id", call.path("id").asText(""))
        .put("name", call.path("function").path("name").asText(""));
  }

  private static String reason(ObjectNode frame, boolean called) {
    if (called) {
      return "tool_use";
    }
    return switch (frame.path("done_reason").asText("")) {
      case "" -> "";
      case "stop" -> "end_turn";
      case "length" -> "max_tokens";
      default -> "stop_sequence";
    };
  }

  private static ObjectNode usage(ObjectNode frame) {
    return Trees.object()
        .put("input_tokens", frame.path("prompt_eval_count").asInt())
        .put("output_tokens", frame.path("eval_count").asInt());
  }
}
