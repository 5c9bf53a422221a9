package dev.corral.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A double of llama.cpp's llama-server with one model that says a known sentence: `/health`,
/// `/props`, `/slots`, `/tokenize`, `/detokenize`, `/apply-template`, `/completion`,
/// `/v1/chat/completions`, `/v1/embeddings` and `/embedding`. Words are tokens, grammars are
/// ignored, and only so many answers run at once as there are slots. Shapes are those of 0.5.0.
///
/// As a process of its own it takes llama-server's flags, see [LlamaServerProcess].
public final class LlamaServerDouble extends Node {
  private static final Headers JSON = Headers.of("Content-Type", "application/json; charset=utf-8");
  private static final Headers EVENTS = Headers.of("Content-Type", "text/event-stream");

  private final Settings settings;
  private final LlamaWords vocabulary = new LlamaWords();
  private final Semaphore slots;
  private final AtomicInteger busy = new AtomicInteger();
  private volatile Pace pace;

  /// How a double is to be.
  ///
  /// @param port 0 for any free one
  /// @param key demanded of every request but `/health`; empty for none
  /// @param context tokens of one slot
  /// @param slots answers that run at once
  public record Settings(TestModel model, int port, String key, int context, int slots, Pace pace) {
    public static Settings of(TestModel model) {
      return new Settings(model, 0, "", 4096, 1, Pace.INSTANT);
    }

    public Settings key(String secret) {
      return new Settings(model, port, secret, context, slots, pace);
    }

    public Settings pace(Pace other) {
      return new Settings(model, port, key, context, slots, other);
    }

    public Settings size(int context, int slots) {
      return new Settings(model, port, key, context, slots, pace);
    }
  }

  private LlamaServerDouble(Settings settings) {
    super(settings.port);
    this.settings = settings;
    this.slots = new Semaphore(settings.slots);
    this.pace = settings.pace;
    open();
  }

  public static LlamaServerDouble start(Settings settings) {
    return new LlamaServerDouble(settings);
  }

  /// The pace of answers from now on.
  public void pace(Pace other) {
    pace = other;
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    Received request = exchange.request();
    if (!request.path().equals("/health") && !authorised(request)) {
      refuse(reply, 401, "authentication_error", "Invalid API Key");
      return;
    }
    JsonNode body = request.body().size() == 0 ? Json.object() : read(request);
    if (body == null) {
      refuse(reply, 500, "server_error", "[json.exception.parse_error.101] parse error");
      return;
    }
    switch (request.method() + " " + request.path()) {
      case "GET /health" -> tell(reply, Json.object().put("status", "ok"));
      case "GET /props" -> tell(reply, props());
      case "GET /slots" -> tell(reply, slots());
      case "POST /tokenize" -> tell(reply, tokenize(body));
      case "POST /detokenize" -> tell(reply, detokenize(body));
      case "POST /apply-template" -> tell(reply, Json.object().put("prompt", template(body)));
      case "POST /completion", "POST /completions" -> complete(exchange, reply, body);
      case "POST /v1/chat/completions" -> chat(exchange, reply, body);
      case "POST /v1/embeddings" -> tell(reply, embeddings(body));
      case "POST /embedding", "POST /embeddings" -> tell(reply, rows(body));
      default -> refuse(reply, 404, "not_found_error", "File Not Found");
    }
  }

  private boolean authorised(Received request) {
    return settings.key.isEmpty()
        || request
            .headers()
            .first("Authorization")
            .filter(("Bearer " + settings.key)::equals)
            .isPresent();
  }

  private static @Nullable JsonNode read(Received request) {
    try {
      return Json.MAPPER.readTree(request.body().text());
    } catch (JsonProcessingException noJson) {
      return null;
    }
  }

  private static void tell(Reply reply, JsonNode json) {
    reply.whole(200, JSON, Json.bytes(json));
  }

  private static void refuse(Reply reply, int status, String type, String message) {
    reply.whole(status, JSON, Json.bytes(error(status, type, message)));
  }

  private static ObjectNode error(int status, String type, String message) {
    ObjectNode error = Json.object();
    error.putObject("error").put("code", status).put("message", message).put("type", type);
    return error;
  }

  // --- what it is ---

  private ObjectNode props() {
    ObjectNode props = Json.object();
    props.putObject("default_generation_settings").put("n_ctx", settings.context);
    props.put("total_slots", settings.slots).put("model_alias", settings.model.name());
    props.put("chat_template", "{# ChatML, said by the double #}");
    props.put("bos_token", "<s>").put("eos_token", "<|im_end|>");
    return props.put("build_info", "b0-double").put("is_sleeping", false);
  }

  private ArrayNode slots() {
    ArrayNode all = Json.array();
    for (int i = 0; i < settings.slots; i++) {
      ObjectNode slot = all.addObject().put("id", i).put("n_ctx", settings.context);
      slot.put("is_processing", i < busy.get());
    }
    return all;
  }

  // --- tokens ---

  private ObjectNode tokenize(JsonNode body) {
    ObjectNode answer = Json.object();
    ArrayNode tokens = answer.putArray("tokens");
    boolean control = body.path("parse_special").asBoolean(true);
    for (int id : vocabulary.tokens(body.path("content").asText(""), control)) {
      if (body.path("with_pieces").asBoolean()) {
        tokens.addObject().put("id", id).put("piece", vocabulary.text(id));
      } else {
        tokens.add(id);
      }
    }
    return answer;
  }

  private ObjectNode detokenize(JsonNode body) {
    List<Integer> tokens = new ArrayList<>();
    body.path("tokens").forEach(token -> tokens.add(token.asInt()));
    return Json.object().put("content", vocabulary.text(tokens));
  }

  private static String template(JsonNode body) {
    StringBuilder prompt = new StringBuilder();
    for (JsonNode message : body.path("messages")) {
      String role = message.path("role").asText();
      prompt.append("<|im_start|>").append(role).append('\n');
      prompt.append(message.path("content").asText()).append("<|im_end|>\n");
    }
    return prompt.append("<|im_start|>assistant\n").toString();
  }

  // --- answers ---

  /// The task of a request; null where it was refused.
  private @Nullable LlamaTask task(Reply reply, JsonNode body, @Nullable JsonNode prompt) {
    if (prompt == null) {
      refuse(reply, 400, "invalid_request_error", "key 'prompt' not found");
      return null;
    }
    List<Integer> tokens;
    try {
      tokens = vocabulary.prompt(prompt);
    } catch (IllegalArgumentException wrong) {
      refuse(reply, 400, "invalid_request_error", String.valueOf(wrong.getMessage()));
      return null;
    }
    int room = settings.context - tokens.size();
    if (room <= 0) {
      reply.whole(400, JSON, Json.bytes(tooLong(tokens.size())));
      return null;
    }
    return LlamaTask.of(settings.model, tokens, body, room);
  }

  private ObjectNode tooLong(int tokens) {
    ObjectNode error =
        error(
            400,
            "exceed_context_size_error",
            "request (%d tokens) exceeds the available context size (%d tokens), try increasing it"
                .formatted(tokens, settings.context));
    error.withObject("/error").put("n_prompt_tokens", tokens).put("n_ctx", settings.context);
    return error;
  }

  private void complete(Exchange exchange, Reply reply, JsonNode body) {
    LlamaTask task = task(reply, body, body.get("prompt"));
    if (task != null) {
      inSlot(
          exchange,
          () -> {
            if (task.stream()) {
              stream(exchange, reply, task);
            } else {
              think(exchange, task.count());
              tell(reply, task.last(vocabulary, settings.model.name()));
            }
          });
    }
  }

  private void stream(Exchange exchange, Reply reply, LlamaTask task) {
    Reply.Frames frames = frames(reply);
    exchange.pause(pace.prefill());
    for (int i = 0; i < task.count(); i++) {
      exchange.pause(pace.perToken());
      frames.frame(event(Json.text(task.frame(vocabulary, i))));
    }
    frames.frame(event(Json.text(task.last(vocabulary, settings.model.name()))));
    frames.end();
  }

  private static Reply.Frames frames(Reply reply) {
    return reply.stream(EVENTS, message -> event(Json.text(error(500, "server_error", message))));
  }

  private static byte[] event(String text) {
    return ("data: " + text + "\n\n").getBytes(StandardCharsets.UTF_8);
  }

  private void chat(Exchange exchange, Reply reply, JsonNode body) {
    if (!body.has("messages")) {
      refuse(reply, 400, "invalid_request_error", "'messages' is required");
      return;
    }
    LlamaTask task = task(reply, body, Json.object().textNode(template(body)));
    if (task != null) {
      inSlot(exchange, () -> chat(exchange, reply, task));
    }
  }

  private void chat(Exchange exchange, Reply reply, LlamaTask task) {
    String reason = task.ending().equals("limit") ? "length" : "stop";
    if (!task.stream()) {
      think(exchange, task.count());
      ObjectNode whole = chunk("chat.completion", null, reason);
      ObjectNode message = Json.object().put("role", "assistant").put("content", task.text());
      ((ObjectNode) whole.path("choices").get(0)).set("message", message);
      whole.putObject("usage").put("prompt_tokens", task.prompt().size());
      tell(reply, whole);
      return;
    }
    Reply.Frames frames = frames(reply);
    exchange.pause(pace.prefill());
    ObjectNode role = Json.object().put("role", "assistant").putNull("content");
    frames.frame(event(Json.text(chunk("chat.completion.chunk", role, null))));
    for (int i = 0; i < task.count(); i++) {
      exchange.pause(pace.perToken());
      ObjectNode delta = Json.object().put("content", task.word(i));
      frames.frame(event(Json.text(chunk("chat.completion.chunk", delta, null))));
    }
    frames.frame(event(Json.text(chunk("chat.completion.chunk", Json.object(), reason))));
    frames.frame(event("[DONE]"));
    frames.end();
  }

  private ObjectNode chunk(String object, @Nullable ObjectNode delta, @Nullable String reason) {
    ObjectNode chunk = Json.object();
    ObjectNode choice = chunk.putArray("choices").addObject();
    choice.put("finish_reason", reason).put("index", 0);
    if (delta != null) {
      choice.set("delta", delta);
    }
    chunk.put("id", "chatcmpl-double").put("model", settings.model.name());
    return chunk.put("object", object);
  }

  private void think(Exchange exchange, int tokens) {
    exchange.pause(pace.prefill());
    for (int i = 0; i < tokens; i++) {
      exchange.pause(pace.perToken());
    }
  }

  /// Waits for a slot, and leaves it whatever becomes of the answer. A client that leaves while it
  /// waits gives its turn up.
  private void inSlot(Exchange exchange, Runnable answer) {
    while (!slots.tryAcquire()) {
      exchange.pause(Duration.ofMillis(1));
    }
    busy.incrementAndGet();
    try {
      answer.run();
    } finally {
      busy.decrementAndGet();
      slots.release();
    }
  }

  // --- vectors ---

  private static List<String> inputs(JsonNode body) {
    JsonNode given = body.has("input") ? body.get("input") : body.path("content");
    List<String> inputs = new ArrayList<>();
    for (JsonNode one : given.isArray() ? given : Json.array().add(given)) {
      inputs.add(one.asText());
    }
    return inputs;
  }

  private ObjectNode embeddings(JsonNode body) {
    ObjectNode answer = Json.object().put("model", settings.model.name()).put("object", "list");
    int tokens = 0;
    for (String input : inputs(body)) {
      Embedding vector = Embedding.of(input, 0);
      ObjectNode entry = answer.withArray("data").addObject();
      entry.set("embedding", vector.json());
      entry.put("index", answer.path("data").size() - 1).put("object", "embedding");
      tokens += vector.tokens();
    }
    answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return answer;
  }

  private static ArrayNode rows(JsonNode body) {
    ArrayNode rows = Json.array();
    for (String input : inputs(body)) {
      ObjectNode entry = rows.addObject().put("index", rows.size() - 1);
      entry.putArray("embedding").add(Embedding.of(input, 0).json());
    }
    return rows;
  }
}
