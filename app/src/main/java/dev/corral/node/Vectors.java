package dev.corral.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.templates.MarkedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// Texts as vectors, by a runner.
final class Vectors {
  /// So many texts in one call keep all slots busy, and an answer's size within some MB.
  private static final int AT_ONCE = 32;

  private static final String TOO_LONG = "the input length exceeds the context length";
  private static final String NOT_CUT =
      "input exceeds maximum context length and cannot be truncated further";

  /// What llama-server says of a text that is too long, in its several ways.
  private static final List<String> TOO_LONG_WORDS =
      List.of(
          "too large",
          "context size",
          "context length",
          "physical batch size",
          "exceeds the available context");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Runner runner;
  private final FileFacts file;
  private final int limit;
  private final boolean truncate;

  /// @param tokens of all texts together
  record Found(List<List<Float>> vectors, int tokens) {
    Found {
      vectors = List.copyOf(vectors);
    }
  }

  /// @param truncate cut texts that are too long, instead of refusing them
  Vectors(Runner runner, FileFacts file, Options options, boolean truncate) {
    this.runner = runner;
    this.file = file;
    int most = options.textLimit(runner.facts().contextLength());
    this.limit = file.trainedContext() > 0 ? Math.min(most, file.trainedContext()) : most;
    this.truncate = truncate;
  }

  Found of(List<String> texts) {
    List<List<Float>> vectors = new ArrayList<>();
    int tokens = 0;
    for (int from = 0; from < texts.size(); from += AT_ONCE) {
      List<String> some = texts.subList(from, Math.min(from + AT_ONCE, texts.size()));
      Found found = ask(some.stream().map(this::fitted).toList());
      vectors.addAll(found.vectors());
      tokens += found.tokens();
    }
    return new Found(vectors, tokens);
  }

  /// The vector of one text, which is not cut.
  List<Float> asItIs(String text) {
    return ask(List.of(text)).vectors().getFirst();
  }

  private Found ask(List<String> texts) {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    ArrayNode input = request.putArray("input");
    texts.forEach(input::add);
    JsonNode answer;
    try {
      answer = runner.ask("/v1/embeddings", request);
    } catch (Refused no) {
      throw inWords(no);
    }
    List<List<Float>> vectors = new ArrayList<>();
    for (JsonNode one : answer.path("data")) {
      List<Float> vector = new ArrayList<>();
      one.path("embedding").forEach(number -> vector.add(number.floatValue()));
      vectors.add(vector);
    }
    if (vectors.size() != texts.size()) {
      throw new Refused(500, "the model's runner gave another number of vectors than was asked");
    }
    return new Found(vectors, answer.path("usage").path("prompt_tokens").asInt());
  }

  /// Cuts a text to what the context holds beside the tokens that the tokenizer adds.
  private String fitted(String text) {
    if (new Prompt(MarkedText.trusted(text)).surelyFits(limit)) {
      return text;
    }
    List<Integer> tokens = runner.tokenize(text, false, true);
    int room = limit;
    if (!tokens.isEmpty() && tokens.getFirst() != file.bos()) {
      room--;
    }
    if (!tokens.isEmpty() && tokens.getLast() != file.eos()) {
      room--;
    }
    if (room <= 0) {
      throw new Refused(400, "input after truncation exceeds maximum context length");
    }
    if (tokens.size() <= room) {
      return text;
    }
    if (!truncate) {
      throw new Refused(400, TOO_LONG);
    }
    return runner.detokenize(tokens.subList(0, room));
  }

  private Refused inWords(Refused no) {
    String text = no.text();
    try {
      JsonNode error = JSON.readTree(text).path("error");
      String message = error.isTextual() ? error.textValue() : error.path("message").asText("");
      text = message.isEmpty() ? text : message.strip();
    } catch (JsonProcessingException e) {
      // Not JSON: the words as they are.
    }
    String folded = text.toLowerCase(Locale.ROOT);
    Stream<String> words = TOO_LONG_WORDS.stream();
    return words.anyMatch(folded::contains)
        ? new Refused(400, truncate ? NOT_CUT : TOO_LONG)
        : new Refused(no.status(), text);
  }

  /// To a length of 1, with 32-bit arithmetic as Ollama's.
  static List<Float> normalized(List<Float> vector) {
    float sum = 0;
    for (float number : vector) {
      if (Float.isNaN(number) || Float.isInfinite(number)) {
        throw new Refused(400, "embedding contains NaN or Inf values");
      }
      sum += number * number;
    }
    float norm = (float) (1.0 / Math.max(Math.sqrt(sum), 1e-12));
    return vector.stream().map(number -> number * norm).toList();
  }
}
