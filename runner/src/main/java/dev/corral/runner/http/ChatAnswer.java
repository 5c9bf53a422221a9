package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Ended;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Listener;
import dev.corral.runner.engine.Piece;
import dev.corral.runner.engine.TaskFailed;
import dev.corral.templates.answer.AnswerParser;
import dev.corral.templates.answer.Part;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/// One answer of a chat in OpenAI's shape, whole or as a stream. The parser is the engine's
/// thread's; frames are made there too, because their order is that of the parts.
final class ChatAnswer implements Listener {
  /// What all frames of an answer begin with.
  ///
  /// @param usage whether a stream tells the counts (`stream_options.include_usage`)
  record Head(String id, long created, String model, boolean usage) {
    private static final SecureRandom RANDOM = new SecureRandom();

    static Head of(String model, Fields fields) {
      JsonNode options = fields.find("stream_options");
      boolean usage = options != null && options.path("include_usage").asBoolean();
      return new Head("chatcmpl-" + random(), Instant.now().getEpochSecond(), model, usage);
    }

    private ObjectNode json(String object) {
      ObjectNode json = Json.object();
      json.putArray("choices");
      json.put("created", created).put("id", id).put("model", model);
      return json.put("system_fingerprint", "corral-runner").put("object", object);
    }

    private static String random() {
      byte[] bytes = new byte[12];
      RANDOM.nextBytes(bytes);
      return HexFormat.of().formatHex(bytes);
    }
  }

  private final Engine engine;
  private final Exchange exchange;
  private final Wish wish;
  private final AnswerParser parser;
  private final Head head;
  private final StringBuilder content = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private final ArrayNode calls = Json.array();
  private final ArrayNode chances = Json.array();
  private boolean begun;

  ChatAnswer(Engine engine, Exchange exchange, Wish wish, AnswerParser parser, Head head) {
    this.engine = engine;
    this.exchange = exchange;
    this.wish = wish;
    this.parser = parser;
    this.head = head;
  }

  @Override
  public void onToken(Piece piece) {
    Piece.Chance chance = piece.chance();
    if (chance != null && !piece.ends()) {
      chances.add(Told.chance(engine, piece, chance));
    }
    take(parser.feed(piece.text()));
  }

  private void take(List<Part> parts) {
    if (wish.stream() && !begun) {
      begun = true;
      delta(Json.object().put("role", "assistant").putNull("content"), Json.array());
    }
    for (Part part : parts) {
      ObjectNode delta = Json.object();
      switch (part) {
        case Part.Content(String text) -> {
          content.append(text);
          delta.put("content", text);
        }
        case Part.Thinking(String text) -> {
          thinking.append(text);
          delta.put("reasoning_content", text);
        }
        case Part.ToolCall(int index, String name, String arguments) -> {
          ObjectNode call = call(name, arguments);
          calls.add(call);
          delta.putArray("tool_calls").add(Json.object().put("index", index).setAll(call));
        }
      }
      if (wish.stream()) {
        delta(delta, chances);
        chances.removeAll();
      }
    }
  }

  private static ObjectNode call(String name, String arguments) {
    ObjectNode call = Json.object().put("id", "call_" + Head.random()).put("type", "function");
    call.putObject("function").put("name", name).put("arguments", arguments);
    return call;
  }

  /// @param told with this frame; copied
  private void delta(ObjectNode delta, ArrayNode told) {
    ObjectNode frame = head.json("chat.completion.chunk");
    ObjectNode choice = frame.withArray("choices").addObject();
    choice.putNull("finish_reason").put("index", 0).set("delta", delta);
    if (!told.isEmpty()) {
      choice.putObject("logprobs").putArray("content").addAll(told);
    }
    exchange.event(() -> frame);
  }

  @Override
  public void onEnd(Ended ended) {
    take(parser.feed(ended.tail()));
    take(parser.finish());
    String reason =
        ended.reason() == Ended.Reason.LIMIT ? "length" : calls.isEmpty() ? "stop" : "tool_calls";
    if (wish.stream()) {
      finish(reason, ended);
    } else {
      exchange.answer(200, whole(reason, ended));
    }
  }

  private void finish(String reason, Ended ended) {
    ObjectNode last = head.json("chat.completion.chunk");
    ObjectNode choice = last.withArray("choices").addObject();
    choice.put("finish_reason", reason).put("index", 0).putObject("delta");
    ObjectNode counted = head.usage() ? head.json("chat.completion.chunk") : last;
    if (head.usage()) {
      exchange.event(() -> last);
      counted.set("usage", usage(ended));
    }
    counted.set("timings", Told.timings(ended));
    exchange.event(() -> counted);
    exchange.end("[DONE]");
  }

  private ObjectNode whole(String reason, Ended ended) {
    ObjectNode answer = head.json("chat.completion");
    ObjectNode choice = answer.withArray("choices").addObject();
    choice.put("finish_reason", reason).put("index", 0);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    message.put("content", content.toString());
    if (!thinking.isEmpty()) {
      message.put("reasoning_content", thinking.toString());
    }
    if (!calls.isEmpty()) {
      message.set("tool_calls", calls);
    }
    if (!chances.isEmpty()) {
      choice.putObject("logprobs").set("content", chances);
    }
    answer.set("usage", usage(ended));
    return answer.set("timings", Told.timings(ended));
  }

  private static ObjectNode usage(Ended ended) {
    Ended.Counts counts = ended.counts();
    ObjectNode usage = Json.object().put("completion_tokens", counts.predicted());
    usage.put("prompt_tokens", counts.prompt());
    usage.put("total_tokens", counts.prompt() + counts.predicted());
    usage.putObject("prompt_tokens_details").put("cached_tokens", counts.cached());
    return usage;
  }

  @Override
  public void onFailure(TaskFailed failed) {
    exchange.refuse(Refusal.of(failed));
  }
}
