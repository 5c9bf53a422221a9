package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// Frames and answers of `/api/chat` and `/api/generate`, and the pieces of OpenAI's that they are
/// made of. Shapes: reference/ollama.md section 2; recordings `chat-*`, `generate-*`.
final class OllamaFrames {
  private final Call call;
  private final String model;
  private final Metrics metrics;

  /// @param model the name that callers shall see
  OllamaFrames(Call call, String model, Metrics metrics) {
    this.call = call;
    this.model = model;
    this.metrics = metrics;
  }

  ObjectNode frame(String content, String thinking, ArrayNode toolCalls, boolean done) {
    ObjectNode frame = Trees.object().put("model", model).put("created_at", metrics.now());
    ObjectNode words = frame;
    if (call == Call.CHAT) {
      words = frame.putObject("message").put("role", "assistant").put("content", content);
    } else {
      frame.put("response", content);
    }
    if (!thinking.isEmpty()) {
      words.put("thinking", thinking);
    }
    if (!toolCalls.isEmpty()) {
      words.set("tool_calls", toolCalls);
    }
    return frame.put("done", done);
  }

  ObjectNode frame(String content, String thinking) {
    return frame(content, thinking, Trees.object().putArray("none"), false);
  }

  /// The end of an answer.
  ///
  /// @param finishReason OpenAI's word
  void end(ObjectNode frame, String finishReason) {
    frame.put("done", true).put("done_reason", finishReason.equals("length") ? "length" : "stop");
    metrics.writeTo(frame);
  }

  /// What a load or an unload is answered with.
  ObjectNode idle(boolean unload) {
    return frame("", "").put("done", true).put("done_reason", unload ? "unload" : "load");
  }

  /// The text of a choice: `delta` of a frame, `message` of a whole answer, `text` of a completion.
  static String content(JsonNode choice) {
    String text = Trees.text(choice.path("text"));
    return text.isEmpty() ? Trees.text(words(choice).path("content")) : text;
  }

  /// llama-server and vLLM say `reasoning_content`, OpenRouter and Ollama `reasoning`.
  static String thinking(JsonNode choice) {
    String text = Trees.text(words(choice).path("reasoning_content"));
    return text.isEmpty() ? Trees.text(words(choice).path("reasoning")) : text;
  }

  static JsonNode toolCalls(JsonNode choice) {
    return words(choice).path("tool_calls");
  }

  private static JsonNode words(JsonNode choice) {
    JsonNode delta = choice.path("delta");
    return delta.isObject() ? delta : choice.path("message");
  }

  /// Log probabilities in the shape of chat (`content`) or of completions (parallel arrays).
  static void copyLogprobs(JsonNode choice, ObjectNode to) {
    JsonNode told = choice.path("logprobs");
    if (told.path("content").isArray()) {
      if (!told.path("content").isEmpty()) {
        to.set("logprobs", told.path("content"));
      }
      return;
    }
    JsonNode tokens = told.path("tokens");
    if (tokens.isEmpty()) {
      return;
    }
    ArrayNode list = to.putArray("logprobs");
    for (int i = 0; i < tokens.size(); i++) {
      ObjectNode entry = list.addObject();
      entry.put("token", tokens.path(i).asText());
      entry.put("logprob", told.path("token_logprobs").path(i).asDouble());
      JsonNode top = told.path("top_logprobs").path(i);
      if (top.isObject() && !top.isEmpty()) {
        ArrayNode tops = entry.putArray("top_logprobs");
        for (Map.Entry<String, JsonNode> one : top.properties()) {
          tops.addObject().put("token", one.getKey()).put("logprob", one.getValue().asDouble());
        }
      }
    }
  }

  /// An error in Ollama's shape.
  static ObjectNode error(String text) {
    return Trees.object().put("error", text);
  }
}
