package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.engine.Facts;
import dev.corral.templates.Json;
import dev.corral.templates.MarkedText;
import dev.corral.templates.answer.AnswerFormat;
import dev.corral.templates.answer.AnswerParser;
import dev.corral.templates.answer.Part;
import dev.corral.wire.Tenant;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Has a runner write one answer, and tells it in parts.
final class Generation {
  /// A model that says the same word more often than this is caught in a loop; Ollama stops it too
  /// (`tokenRepeat` in its llm/llama_server.go).
  private static final int MOST_REPEATS = 30;

  private final Runner runner;
  private final FileFacts file;
  private final Wish wish;
  private final Pieces to;
  private final StringBuilder raw = new StringBuilder();
  private String last = "";
  private int repeats;
  private int words;
  private boolean called;

  /// How the answer is to be written.
  ///
  /// @param schema that it must follow; null for none
  /// @param calls of which it must be one; null where it need not be a call
  /// @param thinksFirst the schema, or the calls, bind only what comes after the thinking
  /// @param logprobs wanted for each token
  /// @param topLogprobs and for so many others beside it
  /// @param tenant who may share cached prompts
  record Wish(
      Options options,
      AnswerFormat format,
      List<Json> tools,
      @Nullable JsonNode schema,
      @Nullable ArrayNode calls,
      boolean thinksFirst,
      boolean truncate,
      boolean shift,
      boolean logprobs,
      int topLogprobs,
      String tenant) {
    Wish {
      tools = List.copyOf(tools);
    }

    boolean bound() {
      return schema != null || calls != null;
    }
  }

  Generation(Runner runner, FileFacts file, Wish wish, Pieces to) {
    this.runner = runner;
    this.file = file;
    this.wish = wish;
    this.to = to;
  }

  void run(Prompt prompt) {
    if (!wish.bound() || !wish.thinksFirst()) {
      to.ended(write(prompt, wish.bound(), wish.format(), false));
      return;
    }
    Ended thought = write(prompt, false, wish.format(), true);
    if (thought.reason().equals("length") || called) {
      to.ended(thought);
      return;
    }
    MarkedText on = prompt.text().concat(MarkedText.trusted(thought.raw()));
    AnswerFormat rest = wish.calls() == null ? AnswerFormat.PLAIN : wish.format();
    to.ended(write(new Prompt(on), true, rest, false));
  }

  /// @param untilContent ends where the thinking does; what the model said then is thrown away
  private Ended write(Prompt prompt, boolean bound, AnswerFormat format, boolean untilContent) {
    AnswerParser parser = format.parser(prompt.text().toString(), wish.tools());
    Ended[] end = {null};
    runner.stream(
        "/completion",
        request(prompt, bound, format),
        event -> {
          String content = event.path("content").asText("");
          raw.append(content);
          List<Part> parts = new ArrayList<>(parser.feed(content));
          boolean stop = event.path("stop").asBoolean();
          if (stop) {
            parts.addAll(parser.finish());
            end[0] = Ended.of(event, raw.toString());
          } else if (looped(content)) {
            parts.addAll(parser.finish());
            end[0] = new Ended("length", 0, 0, words, 0, raw.toString());
          }
          if (untilContent && spoke(parts)) {
            end[0] = new Ended("stop", 0, 0, 0, 0, raw.toString());
            return false;
          }
          called |= parts.stream().anyMatch(Part.ToolCall.class::isInstance);
          ArrayNode logprobs = wish.logprobs() ? logprobs(event) : null;
          if (!parts.isEmpty() || (logprobs != null && !logprobs.isEmpty())) {
            to.piece(parts, logprobs);
          }
          return end[0] == null;
        });
    Ended ended = end[0];
    if (ended == null) {
      throw new IllegalStateException("a stream of a runner ends with its last event, or fails");
    }
    return ended;
  }

  /// True where the thinking is over. Only what was thought stays in the raw text, and is told.
  private boolean spoke(List<Part> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof Part.Content(String text) && !text.isBlank()) {
        int at = raw.lastIndexOf(text);
        raw.setLength(at < 0 ? raw.length() : at);
        if (i > 0) {
          to.piece(parts.subList(0, i), null);
        }
        return true;
      }
    }
    return false;
  }

  private boolean looped(String content) {
    words++;
    String word = content.strip();
    repeats = word.equals(last) ? repeats + 1 : 0;
    last = word;
    return repeats > MOST_REPEATS;
  }

  private ObjectNode request(Prompt prompt, boolean bound, AnswerFormat format) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    Facts facts = runner.facts();
    JsonNode sent =
        wish.truncate()
            ? prompt.fitted(runner, file, wish.options().numKeep(), wish.shift())
            : prompt.sent(runner, file);
    request.set("prompt", sent);
    request.put("stream", true);
    boolean shared = facts.kind() == Facts.Kind.OURS || wish.tenant().equals(Tenant.ANYBODY);
    request.put("cache_prompt", shared);
    request.put("cache_scope", wish.tenant());
    request.put("shift", wish.shift());
    wish.options().write(request, facts.contextLength());
    if (wish.logprobs()) {
      request.put("n_probs", Math.max(wish.topLogprobs(), 1));
    }
    if (bound && wish.calls() != null) {
      request.set("calls", wish.calls());
    } else if (bound) {
      request.set("json_schema", wish.schema());
    }
    if (!format.marks().isEmpty()) {
      ArrayNode preserved = request.putArray("preserved_tokens");
      format.marks().forEach(preserved::add);
    }
    return request;
  }

  private ArrayNode logprobs(JsonNode event) {
    ArrayNode told = JsonNodeFactory.instance.arrayNode();
    for (JsonNode token : event.path("completion_probabilities")) {
      ObjectNode one = logprob(token);
      if (wish.topLogprobs() > 0) {
        ArrayNode top = one.putArray("top_logprobs");
        token.path("top_logprobs").forEach(other -> top.add(logprob(other)));
      }
      told.add(one);
    }
    return told;
  }

  private static ObjectNode logprob(JsonNode token) {
    String text = token.path("token").asText("");
    ObjectNode one = JsonNodeFactory.instance.objectNode().put("token", text);
    one.put("logprob", token.path("logprob").asDouble());
    if (!text.isEmpty()) {
      ArrayNode bytes = one.putArray("bytes");
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        bytes.add(b & 0xFF);
      }
    }
    return one;
  }
}
