package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;

/// The OpenAI and Anthropic routes, as Ollama's middleware checks and words them.
final class CompatInference {
  private static final Set<String> EFFORTS =
      Set.of("minimal", "low", "medium", "high", "xhigh", "ultra", "max", "none");

  private static final Headers JSON = Headers.of("Content-Type", "application/json");

  private final Talk talk;
  private final NativeInference nativeApi;

  CompatInference(Talk talk) {
    this.talk = talk;
    this.nativeApi = new NativeInference(talk);
  }

  void chat(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "ChatCompletionRequest", "model");
    List<JsonNode> messages = ask.items("messages");
    if (messages.isEmpty()) {
      throw ApiError.early(400, "[] is too short - 'messages'");
    }
    String effort = effort(ask);
    boolean image = hasImage(messages);
    JsonNode format = ask.in("response_format", "type");
    Wish wish =
        wish(
            ask,
            NativeInference.textOf(messages),
            ask.number("max_tokens", 0),
            NativeInference.texts(ask.get("stop")),
            !effort.equals("none"),
            messages.getLast().path("role").asText().equals("tool"),
            format.asText().startsWith("json"));
    ModelTable.Entry entry = textModel(wish, "chat");
    NativeInference.requireCapabilities(entry, wish, MissingNode.getInstance());
    if (image) {
      throw ApiError.of(400, NativeInference.NO_IMAGES);
    }
    boolean usage = ask.in("stream_options", "include_usage").asBoolean(false);
    talk.say(entry, wish, new ChatVoice(wish.model(), usage), ask.flag("stream", false), reply);
  }

  private static String effort(Ask ask) {
    String effort = ask.in("reasoning", "effort").asText(ask.text("reasoning_effort"));
    if (!effort.isEmpty() && !EFFORTS.contains(effort)) {
      throw ApiError.early(
          400,
          "invalid reasoning value: \"%s\" (must be \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\", \"ultra\", \"max\", or \"none\")"
              .formatted(effort));
    }
    return effort;
  }

  private static boolean hasImage(List<JsonNode> messages) {
    boolean found = false;
    for (JsonNode message : messages) {
      for (JsonNode part : message.path("content")) {
        if (part.path("type").asText().equals("image_url")) {
          found = true;
          String url = part.path("image_url").path("url").asText(part.path("image_url").asText());
          if (url.startsWith("http")) {
            throw ApiError.early(
                400,
                "image URLs are not currently supported, please use base64 encoded data instead");
          }
        }
      }
    }
    return found;
  }

  void completions(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "CompletionRequest", "model", "prompt");
    Wish wish =
        wish(
            ask,
            ask.text("prompt"),
            ask.number("max_tokens", 0),
            NativeInference.texts(ask.get("stop")),
            false,
            false,
            false);
    if (wish.model().isEmpty()) {
      throw ApiError.of(404, Talk.missing(""));
    }
    ModelTable.Entry entry = textModel(wish, "generate");
    boolean usage = ask.in("stream_options", "include_usage").asBoolean(false);
    talk.say(
        entry, wish, new CompletionVoice(wish.model(), usage), ask.flag("stream", false), reply);
  }

  void embeddings(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "EmbedRequest", "model");
    List<Embedding> made = nativeApi.embeddings(ask, exchange);
    boolean base64 = ask.text("encoding_format").equals("base64");
    ObjectNode answer = Json.object().put("object", "list");
    var data = answer.putArray("data");
    for (Embedding one : made) {
      ObjectNode row = data.addObject().put("object", "embedding");
      if (base64) {
        row.put("embedding", one.base64());
      } else {
        row.set("embedding", one.json());
      }
      row.put("index", data.size() - 1);
    }
    int tokens = made.stream().mapToInt(Embedding::tokens).sum();
    answer.put("model", ask.text("model"));
    answer.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    reply.whole(200, JSON, Json.line(answer));
  }

  void messages(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "MessagesRequest", "model");
    List<JsonNode> messages = ask.items("messages");
    if (ask.text("model").isEmpty()) {
      throw ApiError.early(400, "model is required");
    }
    if (ask.number("max_tokens", 0) <= 0) {
      throw ApiError.early(400, "max_tokens is required and must be positive");
    }
    if (messages.isEmpty()) {
      throw ApiError.early(400, "messages is required");
    }
    boolean toolResult =
        messages
            .getLast()
            .path("content")
            .valueStream()
            .anyMatch(part -> part.path("type").asText().equals("tool_result"));
    String prompt = NativeInference.textOf(messages);
    Wish wish =
        wish(
            ask,
            prompt,
            ask.number("max_tokens", 0),
            NativeInference.texts(ask.get("stop_sequences")),
            ask.in("thinking", "type").asText().equals("enabled"),
            toolResult,
            false);
    ModelTable.Entry entry = textModel(wish, "chat");
    NativeInference.requireCapabilities(entry, wish, MissingNode.getInstance());
    // A quarter of the characters: Ollama's estimate at the start of a stream.
    Voice voice = new MessagesVoice(wish.model(), prompt.length() / 4);
    talk.say(entry, wish, voice, ask.flag("stream", false), reply);
  }

  void responses(Exchange exchange, Reply reply) {
    Ask ask = Ask.read(exchange.request(), "ResponsesRequest", "model");
    JsonNode input = ask.get("input");
    List<JsonNode> items = ask.items("input");
    boolean toolResult =
        !items.isEmpty() && items.getLast().path("type").asText().equals("function_call_output");
    Wish wish =
        wish(
            ask,
            input.isTextual() ? input.asText() : NativeInference.textOf(items),
            ask.number("max_output_tokens", 0),
            List.of(),
            false,
            toolResult,
            false);
    ModelTable.Entry entry = textModel(wish, "chat");
    NativeInference.requireCapabilities(entry, wish, MissingNode.getInstance());
    Voice voice = new ResponsesVoice(wish.model(), ask.get("tools"));
    talk.say(entry, wish, voice, ask.flag("stream", false), reply);
  }

  void list(Exchange exchange, Reply reply) {
    reply.whole(200, JSON, Json.line(talk.models().openAiList()));
  }

  /// `/v1/models/{id}`.
  void one(Exchange exchange, Reply reply) {
    String path = exchange.request().path();
    String name =
        java.net.URLDecoder.decode(
            path.substring(path.lastIndexOf('/') + 1), java.nio.charset.StandardCharsets.UTF_8);
    ModelTable.Entry entry =
        talk.require(name, missing -> Talk.missing(ModelTable.shortName(missing)));
    reply.whole(200, JSON, Json.line(ModelTable.openAi(name, entry)));
  }

  private ModelTable.Entry textModel(Wish wish, String verb) {
    if (wish.model().isEmpty()) {
      throw ApiError.of(400, "model is required");
    }
    ModelTable.Entry entry = talk.require(wish.model(), Talk::missing);
    NativeInference.requireText(entry, wish.model(), verb);
    return entry;
  }

  private static Wish wish(
      Ask ask,
      String prompt,
      int maxTokens,
      List<String> stops,
      boolean think,
      boolean toolResult,
      boolean json) {
    return new Wish(
        ask.text("model"),
        prompt,
        maxTokens,
        stops,
        think,
        ask.items("tools"),
        toolResult,
        false,
        json,
        null,
        0);
  }
}
