package dev.corral;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a node tells of a model's header (`model_info` of `/api/show`): all keys, no tensors.
/// Enough for an estimate from above.
final class ShownHeader {
  /// Where nobody tells how many tokens a model knows: as many as the largest vocabularies have.
  private static final long LARGE_VOCABULARY = 262_144;

  private static final int NEWEST_VERSION = 3;
  private static final int USUAL_ALIGNMENT = 32;

  private ShownHeader() {}

  /// @param shown what the node answers to `show`
  /// @param fileBytes size of the model, as the node lists it
  /// @return empty where the node does not tell of it
  static Optional<Gguf> read(JsonNode shown, long fileBytes) {
    JsonNode info = shown.path("model_info");
    if (!info.path(Gguf.ARCHITECTURE).isTextual()) {
      return Optional.empty();
    }
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    info.properties()
        .forEach(entry -> value(entry.getValue()).ifPresent(v -> metadata.put(entry.getKey(), v)));
    metadata.putIfAbsent(Gguf.TOKENS, new GgufValue.Skipped(LARGE_VOCABULARY));
    return Optional.of(
        new Gguf(NEWEST_VERSION, USUAL_ALIGNMENT, metadata, List.of(), 0, -1, fileBytes, false));
  }

  private static Optional<GgufValue> value(JsonNode node) {
    if (node.isIntegralNumber()) {
      return Optional.of(new GgufValue.Whole(node.asLong()));
    }
    if (node.isNumber()) {
      // Go writes large whole numbers as fractions
      double number = node.asDouble();
      return Optional.of(
          number == Math.rint(number) && Math.abs(number) < 1L << 53
              ? new GgufValue.Whole((long) number)
              : new GgufValue.Real(number));
    }
    if (node.isBoolean()) {
      return Optional.of(new GgufValue.Flag(node.asBoolean()));
    }
    if (node.isTextual()) {
      return Optional.of(new GgufValue.Text(node.asText()));
    }
    return numbers(node);
  }

  private static Optional<GgufValue> numbers(JsonNode node) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode one : node) {
      if (!one.isNumber() && !one.isBoolean()) {
        return Optional.empty();
      }
      numbers.add(one.isBoolean() ? (one.asBoolean() ? 1.0 : 0.0) : one.asDouble());
    }
    return numbers.isEmpty() ? Optional.empty() : Optional.of(new GgufValue.Numbers(numbers));
  }
}
