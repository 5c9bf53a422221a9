package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.templates.answer.Part;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;

/// Ollama's answers, member by member in its order (`api/types.go` of 0.33.0).
final class Shape {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Go's RFC 3339 with nanoseconds: as many digits as are needed.
  static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendOffsetId()
          .toFormatter(Locale.ROOT);

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";
  private static final String MORE_LETTERS = LETTERS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  private Shape() {}

  static ObjectNode begin(String model, Instant now) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("model", model)
        .put("created_at", TIME.format(now.atOffset(ZoneOffset.UTC)));
  }

  /// Members that are left out where they are empty.
  static void put(ObjectNode to, String key, String text) {
    if (!text.isEmpty()) {
      to.put(key, text);
    }
  }

  static void put(ObjectNode to, String key, long number) {
    if (number != 0) {
      to.put(key, number);
    }
  }

  static void metrics(ObjectNode to, Ended ended, Timing timing) {
    put(to, "total_duration", timing.total());
    put(to, "load_duration", timing.load());
    put(to, "prompt_eval_count", ended.promptTokens());
    put(to, "prompt_eval_duration", ended.promptNanos());
    put(to, "eval_count", ended.tokens());
    put(to, "eval_duration", ended.nanos());
  }

  static ObjectNode debug(Prompt prompt) {
    return JsonNodeFactory.instance.objectNode().put("rendered_template", prompt.text().toString());
  }

  /// @param jinja which of Ollama's two ways of making ids
  static void call(ArrayNode to, Part.ToolCall call, boolean jinja) {
    ObjectNode one = to.addObject();
    one.put("id", jinja ? random(32, MORE_LETTERS) : "call_" + random(8, LETTERS));
    ObjectNode function = one.putObject("function");
    function.put("index", call.index()).put("name", call.name());
    function.set("arguments", arguments(call.arguments()));
  }

  private static JsonNode arguments(String text) {
    try {
      JsonNode tree = JSON.readTree(text);
      return tree != null && tree.isObject() ? tree : JsonNodeFactory.instance.objectNode();
    } catch (IOException e) {
      return JsonNodeFactory.instance.objectNode();
    }
  }

  private static String random(int length, String letters) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < length; i++) {
      out.append(letters.charAt(ThreadLocalRandom.current().nextInt(letters.length())));
    }
    return out.toString();
  }
}
