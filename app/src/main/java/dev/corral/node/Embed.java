package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.node.Vectors.Found;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `/api/embed` and the older `/api/embeddings`; `/v1/embeddings` is translated to the first.
public final class Embed {
  private final Desk desk;

  public Embed(Desk desk) {
    this.desk = desk;
  }

  public List<Route> routes() {
    return List.of(
        new Route("POST", "/api/embed", turn -> turn.json(200, answer(fields(turn), turn))),
        new Route("POST", "/api/embeddings", this::older));
  }

  private static Fields fields(Turn turn) throws IOException {
    return turn.fields("EmbedRequest");
  }

  /// @param ask in Ollama's shape
  ObjectNode answer(Fields ask, Turn turn) {
    Timing timing = new Timing();
    Duration keepAlive = KeepAlive.of(ask.any("keep_alive"));
    String asked = ask.text("model");
    List<String> inputs = asked.isEmpty() ? List.of() : inputs(ask.any("input"));
    Known model = desk.require(asked, Desk.Missing.TRY_PULLING, Desk.Missing.PLAIN.of(asked));
    Options options = Options.of(model.stored().texts().params(), ask.any("options"));
    Integer dimensions = ask.number("dimensions");
    boolean truncate = !Boolean.FALSE.equals(ask.maybeFlag("truncate"));
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("model", asked);
    ArrayNode vectors = answer.putArray("embeddings");
    try (Runner runner = desk.lease(model, options, keepAlive, turn)) {
      timing.loaded();
      if (inputs.isEmpty()) {
        return answer;
      }
      requireVectors(model, asked);
      Found found = new Vectors(runner, model.file(), options, truncate).of(inputs);
      found.vectors().forEach(vector -> vectors.add(array(vector, dimensions)));
      Shape.put(answer, "total_duration", timing.total());
      Shape.put(answer, "load_duration", timing.load());
      Shape.put(answer, "prompt_eval_count", found.tokens());
      return answer;
    }
  }

  private void older(Turn turn) throws IOException {
    Fields ask = turn.fields("EmbeddingRequest");
    Duration keepAlive = KeepAlive.of(ask.any("keep_alive"));
    String asked = ask.text("model");
    Known model =
        desk.require(asked, Desk.Missing.TRY_PULLING, new Refused(400, "model is required"));
    Options options = Options.of(model.stored().texts().params(), ask.any("options"));
    ObjectNode answer = JsonNodeFactory.instance.objectNode();
    ArrayNode numbers = answer.putArray("embedding");
    try (Runner runner = desk.lease(model, options, keepAlive, turn)) {
      String prompt = ask.text("prompt");
      if (!prompt.isEmpty()) {
        requireVectors(model, asked);
        // Of the same 32 bits as in the newer call, but written as the 64-bit number they are.
        for (Float number : one(new Vectors(runner, model.file(), options, false), prompt)) {
          numbers.add((double) number);
        }
      }
    }
    turn.json(200, answer);
  }

  /// Nothing is cut here, and whatever is wrong with the text counts as the server's fault, as with
  /// Ollama.
  private static List<Float> one(Vectors vectors, String prompt) {
    try {
      return vectors.asItIs(prompt);
    } catch (Refused no) {
      throw new Refused(500, no.text());
    }
  }

  private static void requireVectors(Known model, String asked) {
    if (!model.can("embedding")) {
      throw new Refused(
          501, "\"" + asked + "\" does not support embeddings; ask a model made for them");
    }
  }

  private static List<String> inputs(@Nullable JsonNode given) {
    if (given == null) {
      return List.of();
    }
    if (given.isTextual()) {
      return given.textValue().isEmpty() ? List.of() : List.of(given.textValue());
    }
    if (!given.isArray()) {
      throw invalid();
    }
    List<String> inputs = new ArrayList<>();
    for (JsonNode one : given) {
      if (!one.isTextual()) {
        throw invalid();
      }
      inputs.add(one.textValue());
    }
    return inputs;
  }

  private static Refused invalid() {
    return new Refused(400, "invalid input type");
  }

  private static ArrayNode array(List<Float> vector, @Nullable Integer dimensions) {
    List<Float> cut = Vectors.normalized(vector);
    if (dimensions != null && dimensions > 0 && dimensions < cut.size()) {
      cut = Vectors.normalized(cut.subList(0, dimensions));
    }
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    cut.forEach(array::add);
    return array;
  }
}
