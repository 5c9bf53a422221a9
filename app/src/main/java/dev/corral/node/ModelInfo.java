package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.ModelConfig;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The metadata of a GGUF file as `show` tells them: by name in order, long lists only where they
/// are asked for.
final class ModelInfo {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// Beyond it a double no longer holds each whole number.
  private static final double EXACT = 1L << 53;

  private ModelInfo() {}

  /// Without the name and the chat template, which have places of their own, and with the count of
  /// the weights.
  static ObjectNode ofModel(Gguf header, boolean verbose) {
    ObjectNode info = of(header, verbose);
    info.remove(List.of("general.name", "tokenizer.chat_template"));
    return info;
  }

  static ObjectNode of(Gguf header, boolean verbose) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    header.metadata().forEach((key, value) -> sorted.put(key, json(value, verbose)));
    sorted.put("general.parameter_count", JSON.numberNode(ModelConfig.parameters(header)));
    ObjectNode info = JSON.objectNode();
    sorted.forEach(info::set);
    return info;
  }

  private static JsonNode json(GgufValue value, boolean verbose) {
    return switch (value) {
      case GgufValue.Whole(long number) -> JSON.numberNode(number);
      case GgufValue.Real(double number) -> real(number);
      case GgufValue.Flag(boolean flag) -> JSON.booleanNode(flag);
      case GgufValue.Text(String text) -> JSON.textNode(text);
      case GgufValue.Numbers(List<Double> numbers) when verbose || numbers.isEmpty() -> {
        ArrayNode list = JSON.arrayNode();
        numbers.forEach(number -> list.add(number(number)));
        yield list;
      }
      case GgufValue.Texts(List<String> texts) when verbose || texts.isEmpty() -> {
        ArrayNode list = JSON.arrayNode();
        texts.forEach(list::add);
        yield list;
      }
      case GgufValue.Numbers _, GgufValue.Texts _, GgufValue.Skipped _ -> JSON.nullNode();
    };
  }

  private static JsonNode number(double number) {
    return number == Math.rint(number) && Math.abs(number) <= EXACT
        ? JSON.numberNode((long) number)
        : real(number);
  }

  /// Most are floats of 32 bits; those are written with as few digits as name that float. JSON has
  /// no word for what is no number.
  private static JsonNode real(double number) {
    if (!Double.isFinite(number)) {
      return JSON.nullNode();
    }
    return (float) number == number ? JSON.numberNode((float) number) : JSON.numberNode(number);
  }
}
