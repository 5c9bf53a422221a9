package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `/api/generate`, `/api/chat`, `/api/embed` and `/api/embeddings`, with Ollama's checks in
/// Ollama's order and words.
final class NativeInference {
  private static final Set<String> INTEGER_OPTIONS =
      Set.of("num_ctx", "num_batch", "num_gpu", "num_predict", "num_keep", "seed", "top_k");

  private static final Set<String> EFFORTS = Set.of("high", "medium", "low", "max");

  /// llama-server's words, passed on as a string (`err-image-to-text-chat`).
  static final String NO_IMAGES =
      "{\"error\":{\"code\":400,\"message\":\"Multimodal data provided, but model does not support"
          + " multimodal requests.\",\"type\":\"invalid_request_error\"}}";

  static final String NO_EMBEDDINGS =
      "This server does not support embeddings. Start it with `--embeddings`";

  private final Talk talk;

  NativeInference(Talk talk) {
    this.talk = talk;
  }

  void generate(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "GenerateRequest", "model", "prompt", "system");
    Wish wish = wish(ask, ask.text("prompt"), List.of());
    if (ask.number("top_logprobs", 0) > 20 || ask.number("top_logprobs", 0) < 0) {
      throw ApiError.of(400, "top_logprobs must be between 0 and 20");
    }
    if (wish.model().isEmpty()) {
      throw ApiError.of(404, Talk.missing(""));
    }
    ModelTable.Entry entry = talk.require(wish.model(), Talk::missing);
    NativeVoice voice = NativeVoice.generate(wish.model(), !wish.raw());
    if (wish.raw() && !(ask.text("system") + ask.text("template")).isEmpty()) {
      throw ApiError.of(400, "raw mode does not support template, system, or context");
    }
    if (nothingAsked(entry, wish, voice, wish.prompt().isEmpty(), reply)) {
      return;
    }
    requireText(entry, wish.model(), "generate");
    if (!ask.text("suffix").isEmpty()) {
      throw ApiError.of(400, ModelTable.fullName(wish.model()) + " does not support insert");
    }
    if (!ask.items("images").isEmpty()) {
      throw ApiError.of(400, NO_IMAGES);
    }
    talk.say(entry, wish, voice, ask.flag("stream", true), reply);
  }

  void chat(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "ChatRequest", "model");
    List<JsonNode> messages = ask.items("messages");
    Wish wish = wish(ask, textOf(messages), messages);
    if (wish.model().isEmpty()) {
      throw ApiError.of(400, "model is required");
    }
    ModelTable.Entry entry = talk.require(wish.model(), Talk::missing);
    NativeVoice voice = NativeVoice.chat(wish.model());
    if (nothingAsked(entry, wish, voice, messages.isEmpty(), reply)) {
      return;
    }
    requireText(entry, wish.model(), "chat");
    requireCapabilities(entry, wish, ask.get("think"));
    if (messages.stream().anyMatch(message -> !message.path("images").isEmpty())) {
      throw ApiError.of(400, NO_IMAGES);
    }
    talk.say(entry, wish, voice, ask.flag("stream", true), reply);
  }

  /// Empty prompt: load, or with `keep_alive` 0 unload.
  private boolean nothingAsked(
      ModelTable.Entry entry, Wish wish, NativeVoice voice, boolean empty, Reply reply) {
    if (!empty) {
      return false;
    }
    Duration keep = wish.keepAlive();
    boolean unload = keep != null && keep.isZero();
    if (unload) {
      talk.models().unload(entry);
    } else {
      talk.load(entry, wish, reply.exchange());
    }
    reply.whole(200, voice.wholeHeaders(), voice.nothing(unload ? "unload" : "load"));
    return true;
  }

  static void requireText(ModelTable.Entry entry, String name, String verb) {
    if (entry.model().kind() == TestModel.Kind.EMBED) {
      throw ApiError.of(400, "\"" + name + "\" does not support " + verb);
    }
  }

  static void requireCapabilities(ModelTable.Entry entry, Wish wish, JsonNode think) {
    if (!wish.tools().isEmpty() && entry.model().kind() != TestModel.Kind.TOOL) {
      throw ApiError.of(400, ModelTable.fullName(wish.model()) + " does not support tools");
    }
    boolean asked = think.asBoolean(false) || think.isTextual();
    if (asked && entry.model().kind() != TestModel.Kind.THINK) {
      throw ApiError.of(400, "\"" + wish.model() + "\" does not support thinking");
    }
  }

  void embed(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "EmbedRequest", "model");
    ObjectNode answer = Json.object().put("model", ask.text("model"));
    var vectors = answer.putArray("embeddings");
    List<Embedding> made = embeddings(ask, reply.exchange());
    made.forEach(one -> vectors.add(one.json()));
    if (!made.isEmpty()) {
      answer.put("total_duration", 1_000_000).put("load_duration", 100_000);
      answer.put("prompt_eval_count", made.stream().mapToInt(Embedding::tokens).sum());
    }
    reply.whole(
        200, Headers.of("Content-Type", "application/json; charset=utf-8"), Json.bytes(answer));
  }

  /// The vectors for `input`, shared with `/v1/embeddings`.
  List<Embedding> embeddings(Ask ask, Exchange exchange) {
    String name = ask.text("model");
    if (name.isEmpty()) {
      throw ApiError.of(404, Talk.missing(""));
    }
    ModelTable.Entry entry = talk.require(name, Talk::missingEmbed);
    List<String> inputs = inputs(ask.get("input"));
    talk.load(entry, 0, keepAlive(ask.get("keep_alive")), exchange);
    if (entry.model().kind() != TestModel.Kind.EMBED) {
      throw ApiError.of(501, NO_EMBEDDINGS);
    }
    int dimensions = ask.number("dimensions", 0);
    return inputs.stream().map(text -> Embedding.of(text, dimensions)).toList();
  }

  private static List<String> inputs(JsonNode input) {
    if (input.isTextual()) {
      return List.of(input.asText());
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : input) {
      if (!item.isTextual()) {
        throw ApiError.of(400, "invalid input type");
      }
      texts.add(item.asText());
    }
    return texts;
  }

  void embeddingsOld(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "EmbeddingRequest", "model", "prompt");
    String name = ask.text("model");
    if (name.isEmpty()) {
      throw ApiError.of(400, "model is required");
    }
    ModelTable.Entry entry = talk.require(name, Talk::missingEmbed);
    talk.load(entry, 0, keepAlive(ask.get("keep_alive")), exchange);
    if (entry.model().kind() != TestModel.Kind.EMBED) {
      throw ApiError.of(500, NO_EMBEDDINGS);
    }
    ArrayNode vector = Embedding.of(ask.text("prompt"), 0).json();
    reply.whole(
        200,
        Headers.of("Content-Type", "application/json; charset=utf-8"),
        Json.bytes(Json.object().<ObjectNode>set("embedding", vector)));
  }

  private static Wish wish(Ask ask, String prompt, List<JsonNode> messages) {
    Duration keepAlive = keepAlive(ask.get("keep_alive"));
    JsonNode think = ask.get("think");
    checkThink(think);
    boolean json = wantsJson(ask.get("format"));
    checkOptions(ask.get("options"));
    JsonNode stop = ask.in("options", "stop");
    boolean toolResult =
        !messages.isEmpty() && messages.getLast().path("role").asText().equals("tool");
    return new Wish(
        ask.text("model"),
        prompt,
        ask.in("options", "num_predict").asInt(0),
        texts(stop),
        !think.isBoolean() || think.booleanValue(),
        ask.items("tools"),
        toolResult,
        ask.flag("raw", false),
        json,
        keepAlive,
        ask.in("options", "num_ctx").asInt(0));
  }

  /// A string, or a list of them.
  static List<String> texts(JsonNode node) {
    if (node.isTextual()) {
      return List.of(node.asText());
    }
    return node.valueStream().map(JsonNode::asText).toList();
  }

  /// All text of the messages, roles included: its length is what the prompt costs.
  static String textOf(List<JsonNode> messages) {
    return messages.stream()
        .map(message -> message.path("role").asText() + " " + contentOf(message.path("content")))
        .collect(Collectors.joining(" "));
  }

  private static String contentOf(JsonNode content) {
    if (content.isArray()) {
      return content
          .valueStream()
          .map(part -> part.path("text").asText())
          .collect(Collectors.joining(" "));
    }
    return content.asText();
  }

  private static void checkThink(JsonNode think) {
    if (think.isTextual() && !EFFORTS.contains(think.asText())) {
      throw ApiError.early(
          400,
          "invalid think value: \"%s\" (must be \"high\", \"medium\", \"low\", \"max\", true, or false)"
              .formatted(think.asText()));
    }
  }

  private static boolean wantsJson(JsonNode format) {
    boolean none = format.isMissingNode() || format.isNull() || format.asText("x").isEmpty();
    if (none) {
      return false;
    }
    if (format.isObject() || format.asText().equals("json")) {
      return true;
    }
    String shown = Json.text(Json.object().textNode(Json.text(format)));
    throw ApiError.of(
        500, "invalid format: " + shown + "; expected \"json\" or a valid JSON Schema object");
  }

  private static void checkOptions(JsonNode options) {
    for (String name : INTEGER_OPTIONS) {
      if (options.has(name) && !options.path(name).isNumber()) {
        throw ApiError.of(500, "option \"" + name + "\" must be of type integer");
      }
    }
  }

  /// Seconds as a number, or a Go duration; negative: for ever; null: not said.
  static @Nullable Duration keepAlive(JsonNode value) {
    if (value.isNumber()) {
      BigDecimal seconds = value.decimalValue();
      return seconds.signum() < 0
          ? ModelTable.FOREVER
          : Duration.ofNanos(seconds.movePointRight(9).longValue());
    }
    if (!value.isTextual()) {
      return null;
    }
    Duration parsed = GoDuration.parse(value.asText());
    return parsed.isNegative() ? ModelTable.FOREVER : parsed;
  }
}
