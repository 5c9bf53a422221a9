package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/// Answers of `/api/chat` as `/v1/chat/completions` tells them (recordings `v1-chat-*` of
/// 0.33.0-rc2; `openai/openai.go`).
public final class ChatRetelling implements Retelling {
  /// Ollama draws from so few.
  private static final int IDS = 999;

  private final String id = "chatcmpl-" + ThreadLocalRandom.current().nextInt(IDS);
  private final boolean usage;
  private long created = -1;
  private boolean called;
  private boolean begun;

  /// @param usage the stream ends with a chunk of counts
  public ChatRetelling(boolean usage) {
    this.usage = usage;
  }

  @Override
  public ObjectNode whole(ObjectNode answer) {
    created = seconds(answer);
    ObjectNode told = head("chat.completion", answer);
    ObjectNode choice = told.putArray("choices").addObject().put("index", 0);
    JsonNode message = answer.path("message");
    ObjectNode said = choice.putObject("message");
    said.put("role", message.path("role").asText(""));
    said.put("content", message.path("content").asText(""));
    details(said, message, true);
    finish(choice, answer.path("done_reason").asText(""), message.path("tool_calls").size() > 0);
    logprobs(choice, answer);
    told.set("usage", usage(answer));
    if (answer.has("_debug_info")) {
      told.set("_debug_info", answer.get("_debug_info"));
    }
    return told;
  }

  @Override
  public List<Event> frame(ObjectNode frame) {
    List<Event> events = new ArrayList<>();
    if (created < 0) {
      created = seconds(frame);
    }
    boolean done = frame.path("done").asBoolean();
    if (!(done && begun && empty(frame))) {
      chunks(events, frame);
      begun = true;
    }
    if (done) {
      ObjectNode last = head("chat.completion.chunk", frame);
      ObjectNode choice = last.putArray("choices").addObject().put("index", 0);
      choice.putObject("delta");
      String reason = frame.path("done_reason").asText("");
      finish(choice, reason.isEmpty() ? "stop" : reason, called);
      events.add(Event.of("", last));
      if (usage) {
        ObjectNode counts = head("chat.completion.chunk", frame);
        counts.putArray("choices");
        counts.set("usage", usage(frame));
        events.add(Event.of("", counts));
      }
      events.add(new Event("", "[DONE]"));
    }
    return events;
  }

  private static boolean empty(ObjectNode frame) {
    JsonNode message = frame.path("message");
    return message.path("content").asText("").isEmpty()
        && message.path("thinking").asText("").isEmpty()
        && message.path("tool_calls").isEmpty()
        && frame.path("logprobs").isEmpty();
  }

  /// Thinking that comes together with something else gets a chunk of its own in front.
  private void chunks(List<Event> events, ObjectNode frame) {
    JsonNode message = frame.path("message");
    boolean thinks = !message.path("thinking").asText("").isEmpty();
    boolean says = !message.path("content").asText("").isEmpty();
    boolean calls = !message.path("tool_calls").isEmpty();
    called |= calls;
    if (thinks && (says || calls)) {
      ObjectNode first = chunk(frame);
      ObjectNode delta = delta(first);
      delta.put("reasoning", message.path("thinking").asText());
      logprobs((ObjectNode) first.at("/choices/0"), frame);
      events.add(Event.of("", first));
      begun = true;
    }
    ObjectNode chunk = chunk(frame);
    ObjectNode delta = delta(chunk);
    delta.put("content", message.path("content").asText(""));
    details(delta, message, !(says || calls));
    if (!(thinks && (says || calls))) {
      logprobs((ObjectNode) chunk.at("/choices/0"), frame);
    }
    events.add(Event.of("", chunk));
  }

  private ObjectNode chunk(ObjectNode frame) {
    ObjectNode chunk = head("chat.completion.chunk", frame);
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.putObject("delta");
    choice.putNull("finish_reason");
    return chunk;
  }

  private ObjectNode delta(ObjectNode chunk) {
    ObjectNode delta = (ObjectNode) chunk.at("/choices/0/delta");
    if (!begun) {
      delta.put("role", "assistant");
    }
    return delta;
  }

  private static void details(ObjectNode to, JsonNode message, boolean thinking) {
    String thought = message.path("thinking").asText("");
    if (thinking && !thought.isEmpty()) {
      to.put("reasoning", thought);
    }
    if (!message.path("tool_calls").isEmpty()) {
      ArrayNode calls = to.putArray("tool_calls");
      message.path("tool_calls").forEach(call -> call(calls.addObject(), call));
    }
  }

  private static void call(ObjectNode to, JsonNode call) {
    JsonNode function = call.path("function");
    to.put("id", call.path("id").asText(""));
    to.put("index", function.path("index").asInt());
    to.put("type", "function");
    to.putObject("function")
        .put("name", function.path("name").asText(""))
        .put("arguments", GoJson.text(function.path("arguments")));
  }

  private static void finish(ObjectNode choice, String reason, boolean called) {
    if (reason.isEmpty()) {
      choice.putNull("finish_reason");
    } else {
      choice.put("finish_reason", reason.equals("stop") && called ? "tool_calls" : reason);
    }
  }

  private static void logprobs(ObjectNode choice, ObjectNode frame) {
    if (!frame.path("logprobs").isEmpty()) {
      choice.putObject("logprobs").set("content", frame.get("logprobs"));
    }
  }

  private ObjectNode head(String object, ObjectNode frame) {
    return Trees.object()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", frame.path("model").asText(""))
        .put("system_fingerprint", "fp_ollama");
  }

  static ObjectNode usage(ObjectNode frame) {
    int prompt = frame.path("prompt_eval_count").asInt();
    int answer = frame.path("eval_count").asInt();
    return Trees.object()
        .put("prompt_tokens", prompt)
        .put("completion_tokens", answer)
        .put("total_tokens", prompt + answer);
  }

  static long seconds(ObjectNode frame) {
    return OffsetDateTime.parse(frame.path("created_at").asText()).toEpochSecond();
  }
}
