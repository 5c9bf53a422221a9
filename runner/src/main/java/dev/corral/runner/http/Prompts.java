package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.runner.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prompts in the forms that llama-server takes: a text, token ids, or both mixed. Texts may hold
/// control tokens, and only one that comes first gets the model's own tokens around it.
final class Prompts {
  private Prompts() {}

  /// The tokens of one prompt.
  static List<Integer> one(Engine engine, @Nullable JsonNode prompt) {
    List<List<Integer>> all = several(engine, prompt, "prompt");
    if (all.size() != 1) {
      throw Refusal.invalid("One prompt for each request, please; there are " + all.size());
    }
    return all.getFirst();
  }

  /// The tokens of each of several texts; a list with a number in it is one text.
  static List<List<Integer>> several(Engine engine, @Nullable JsonNode value, String name) {
    if (value == null) {
      throw Refusal.invalid("Field '" + name + "' is missing");
    }
    if (value.isArray() && value.isEmpty()) {
      throw Fields.wrong(name, "must not be empty");
    }
    boolean list = value.isArray() && !hasNumber(value);
    List<List<Integer>> all = new ArrayList<>();
    for (JsonNode one : list ? value : Json.array().add(value)) {
      all.add(tokens(engine, one, name));
    }
    return all;
  }

  private static boolean hasNumber(JsonNode list) {
    for (JsonNode one : list) {
      if (one.isNumber()) {
        return true;
      }
    }
    return false;
  }

  private static List<Integer> tokens(Engine engine, JsonNode value, String name) {
    if (value.isTextual()) {
      return engine.tokenize(value.textValue(), true, true);
    }
    if (!value.isArray()) {
      throw Fields.wrong(name, "must be a text, a list of tokens, or a list of texts and tokens");
    }
    List<Integer> tokens = new ArrayList<>();
    boolean first = true;
    for (JsonNode part : value) {
      if (part.isTextual()) {
        tokens.addAll(engine.tokenize(part.textValue(), first, true));
      } else {
        tokens.add(token(engine, part, name));
      }
      first = false;
    }
    return tokens;
  }

  /// A token that the vocabulary has.
  static int token(Engine engine, JsonNode value, String name) {
    int size = engine.facts().vocabularySize();
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw Fields.wrong(name, "must hold whole numbers, the ids of tokens");
    }
    int id = value.intValue();
    if (id < 0 || id >= size) {
      throw Fields.wrong(name, "holds token %d; there are 0 to %d".formatted(id, size - 1));
    }
    return id;
  }
}
