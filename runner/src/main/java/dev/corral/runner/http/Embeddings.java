package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.runner.engine.Embedded;
import dev.corral.runner.engine.Engine;
import dev.corral.runner.engine.Listener;
import dev.corral.runner.engine.Pooling;
import dev.corral.runner.engine.Task;
import dev.corral.runner.engine.TaskFailed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/// Texts become vectors: in OpenAI's shape (`/v1/embeddings`), or as bare lists of rows
/// (`/embedding`). Vectors have the length 1, unless `embd_normalize` is negative or the model
/// pools nothing.
///
/// @param base64 vectors as little-endian floats in Base64, as OpenAI's clients ask for them
record Embeddings(
    Engine engine, Exchange exchange, String model, boolean openAi, boolean base64, boolean raw)
    implements Listener {
  static void answer(Engine engine, Exchange exchange, String model, boolean openAi) {
    Fields fields = exchange.fields();
    JsonNode value = fields.find("input", "content");
    List<List<Integer>> inputs = Prompts.several(engine, value, "input");
    if (inputs.stream().anyMatch(List::isEmpty)) {
      throw Refusal.invalid("Input content cannot be empty");
    }
    boolean unpooled = engine.facts().pooling() == Pooling.NONE;
    if (openAi && unpooled) {
      throw Refusal.invalid(
          "This model pools nothing, so that a text has a vector for each token; ask /embedding, or"
              + " start the runner with --pooling mean");
    }
    boolean base64 = fields.text("float", "encoding_format").equals("base64");
    boolean raw = unpooled || fields.whole(2, Integer.MIN_VALUE, "embd_normalize") < 0;
    var listener = new Embeddings(engine, exchange, model, openAi, base64, raw);
    var ticket = engine.submit(new Task.Embed(inputs), listener);
    exchange.whenLeft(ticket::cancel);
  }

  @Override
  public void onEmbeddings(Embedded embedded) {
    exchange.answer(200, openAi ? openAi(embedded) : rows(embedded));
  }

  private ObjectNode openAi(Embedded embedded) {
    ObjectNode answer = Json.object().put("model", model).put("object", "list");
    answer
        .putObject("usage")
        .put("prompt_tokens", embedded.tokens())
        .put("total_tokens", embedded.tokens());
    ArrayNode data = answer.putArray("data");
    for (List<float[]> rows : embedded.vectors()) {
      ObjectNode entry = data.addObject();
      entry.set("embedding", vector(rows.getFirst()));
      entry.put("index", data.size() - 1).put("object", "embedding");
    }
    return answer;
  }

  private ArrayNode rows(Embedded embedded) {
    ArrayNode answer = Json.array();
    for (List<float[]> rows : embedded.vectors()) {
      ArrayNode all = answer.addObject().put("index", answer.size() - 1).putArray("embedding");
      rows.forEach(row -> all.add(vector(row)));
    }
    return answer;
  }

  private JsonNode vector(float[] row) {
    double squares = 0;
    for (float one : row) {
      squares += (double) one * one;
    }
    double factor = raw || squares == 0 ? 1 : 1 / Math.sqrt(squares);
    ByteBuffer bytes = ByteBuffer.allocate(row.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    ArrayNode numbers = Json.array();
    for (float one : row) {
      float scaled = (float) (one * factor);
      bytes.putFloat(scaled);
      numbers.add(scaled);
    }
    return base64
        ? Json.object().textNode(Base64.getEncoder().encodeToString(bytes.array()))
        : numbers;
  }

  @Override
  public void onFailure(TaskFailed failed) {
    exchange.refuse(Refusal.of(failed));
  }
}
