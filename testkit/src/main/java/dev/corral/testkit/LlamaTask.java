package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One completion of a double: what its model says to a prompt, cut where the request says.
///
/// @param words what is said, token by token; over and over where it `loops`
/// @param ending `eos`, `limit` or `word`
record LlamaTask(
    List<Integer> prompt,
    List<String> words,
    int count,
    String ending,
    String stoppingWord,
    boolean stream,
    int probs,
    boolean returnsTokens) {
  static LlamaTask of(TestModel model, List<Integer> prompt, JsonNode request, int room) {
    List<String> said = new ArrayList<>(speech(model));
    boolean loops = model.kind() == TestModel.Kind.LOOP || model.kind() == TestModel.Kind.STUTTER;
    String stop = "";
    for (JsonNode one : list(request.path("stop"))) {
      stop = stop.isEmpty() ? cut(said, one.asText(), loops) : stop;
    }
    int asked = request.path("n_predict").asInt(request.path("max_tokens").asInt(-1));
    int most = Math.min(asked < 0 ? Integer.MAX_VALUE : asked, room);
    boolean endless = loops && stop.isEmpty();
    boolean limited = endless || said.size() > most;
    return new LlamaTask(
        prompt,
        said,
        limited ? most : said.size(),
        limited ? "limit" : stop.isEmpty() ? "eos" : "word",
        limited ? "" : stop,
        request.path("stream").asBoolean(),
        request.path("n_probs").asInt(),
        request.path("return_tokens").asBoolean());
  }

  private static List<String> speech(TestModel model) {
    List<String> words = new ArrayList<>();
    if (model.kind() == TestModel.Kind.THINK) {
      words.add("<think>");
      words.addAll(TestModel.tokens(model.thinking()));
      words.add("</think>");
    }
    words.addAll(TestModel.tokens(model.sentence()));
    return words;
  }

  private static JsonNode list(JsonNode value) {
    return value.isTextual() ? Json.array().add(value) : value;
  }

  /// Drops what comes from the stop text on; the stop text where it was met, else nothing.
  private static String cut(List<String> said, String stop, boolean loops) {
    String text = String.join("", said) + (loops ? String.join("", said) : "");
    int at = stop.isEmpty() ? -1 : text.indexOf(stop);
    if (at < 0) {
      return "";
    }
    String kept = text.substring(0, at);
    said.clear();
    said.addAll(kept.isEmpty() ? List.of() : TestModel.tokens(kept));
    return stop;
  }

  String word(int index) {
    return words.get(index % words.size());
  }

  ObjectNode frame(LlamaWords vocabulary, int index) {
    ObjectNode frame = Json.object().put("index", 0).put("content", word(index));
    frame.putArray("tokens").add(vocabulary.id(word(index)));
    frame.put("stop", false).put("id_slot", -1);
    frame.put("tokens_predicted", index + 1).put("tokens_evaluated", prompt.size());
    if (probs > 0) {
      frame.putArray("completion_probabilities").add(chance(vocabulary, index));
    }
    return frame;
  }

  private ObjectNode chance(LlamaWords vocabulary, int index) {
    ObjectNode own = certain(vocabulary, index);
    own.putArray("top_logprobs").add(certain(vocabulary, index));
    return own;
  }

  private ObjectNode certain(LlamaWords vocabulary, int index) {
    ObjectNode entry = Json.object().put("id", vocabulary.id(word(index)));
    entry.put("token", word(index));
    ArrayNode bytes = entry.putArray("bytes");
    for (byte one : word(index).getBytes(StandardCharsets.UTF_8)) {
      bytes.add(one & 0xFF);
    }
    return entry.put("logprob", 0.0);
  }

  /// The last frame of a stream, or the whole answer.
  ObjectNode last(LlamaWords vocabulary, String model) {
    ObjectNode last = Json.object().put("index", 0).put("content", stream ? "" : text());
    ArrayNode tokens = last.putArray("tokens");
    for (int i = 0; i < count && returnsTokens && !stream; i++) {
      tokens.add(vocabulary.id(word(i)));
    }
    // The token that ends an answer is counted, as llama-server does.
    int predicted = ending.equals("limit") ? count : count + 1;
    last.put("id_slot", 0).put("stop", true).put("model", model);
    last.put("tokens_predicted", predicted).put("tokens_evaluated", prompt.size());
    last.put("truncated", false).put("stop_type", ending).put("stopping_word", stoppingWord);
    last.put("tokens_cached", prompt.size() + predicted - 1);
    last.set("timings", timings(predicted));
    for (int i = 0; i < count && probs > 0 && !stream; i++) {
      last.withArray("completion_probabilities").add(chance(vocabulary, i));
    }
    return last;
  }

  private ObjectNode timings(int predicted) {
    ObjectNode timings = Json.object().put("cache_n", 0).put("prompt_n", prompt.size());
    timings.put("prompt_ms", prompt.size() * 0.5).put("prompt_per_token_ms", 0.5);
    timings.put("prompt_per_second", 2000.0).put("predicted_n", predicted);
    timings.put("predicted_ms", predicted * 1.0).put("predicted_per_token_ms", 1.0);
    return timings.put("predicted_per_second", 1000.0);
  }

  String text() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append(word(i));
    }
    return text.toString();
  }
}
