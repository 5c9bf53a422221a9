package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/// Answers of `/api/embed` as `/v1/embeddings` tells them.
public final class EmbeddingRetelling {
  private EmbeddingRetelling() {}

  /// @param encoding `base64` for 32-bit numbers, lowest byte first; anything else for numbers as
  ///   they are
  public static ObjectNode of(ObjectNode answer, String model, String encoding) {
    ObjectNode list = Trees.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    boolean packed = encoding.equalsIgnoreCase("base64");
    for (JsonNode vector : answer.path("embeddings")) {
      ObjectNode one = data.addObject().put("object", "embedding");
      if (packed) {
        one.put("embedding", packed(vector));
      } else {
        one.set("embedding", vector);
      }
      one.put("index", data.size() - 1);
    }
    if (data.isEmpty()) {
      list.putNull("data");
    }
    int tokens = answer.path("prompt_eval_count").asInt();
    list.put("model", model);
    list.putObject("usage").put("prompt_tokens", tokens).put("total_tokens", tokens);
    return list;
  }

  private static String packed(JsonNode vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    vector.forEach(number -> bytes.putFloat(number.floatValue()));
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
