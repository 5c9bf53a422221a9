package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// The object that every answer of `/v1/responses` is or carries: it repeats the request's
/// settings, with OpenAI's defaults where it said nothing.
final class ResponseObject {
  private final Fields ask;
  private long created;

  ResponseObject(Fields ask) {
    this.ask = ask;
  }

  /// The first frame's time is that of the whole stream.
  void begin(ObjectNode frame) {
    created = ChatRetelling.seconds(frame);
  }

  ObjectNode running(String id) {
    return ResponsesRetelling.sorted(
        object(id, "in_progress", null, Trees.object().arrayNode(), null, true));
  }

  ObjectNode completed(String id, ArrayNode output, ObjectNode last) {
    long now = ChatRetelling.seconds(last);
    created = now;
    return ResponsesRetelling.sorted(object(id, "completed", now, output, last, true));
  }

  ObjectNode whole(String id, ArrayNode output, ObjectNode answer) {
    begin(answer);
    return object(id, "completed", created, output, answer, false);
  }

  private ObjectNode object(
      String id,
      String status,
      @Nullable Long completed,
      ArrayNode output,
      @Nullable ObjectNode counts,
      boolean streamed) {
    ObjectNode object = Trees.object().put("id", id).put("object", "response");
    object.put("created_at", created).put("completed_at", completed).put("status", status);
    object.putNull("incomplete_details").put("model", ask.text("model"));
    object.putNull("previous_response_id");
    String instructions = ask.text("instructions");
    object.put("instructions", instructions.isEmpty() ? null : instructions);
    object.set("output", output.deepCopy());
    object.putNull("error").set("tools", tools(streamed));
    object.put("tool_choice", "auto");
    String truncation = ask.text("truncation");
    object.put("truncation", truncation.isEmpty() ? "disabled" : truncation);
    object.put("parallel_tool_calls", true);
    object.putObject("text").set("format", format());
    object.put("top_p", orOne(ask.real("top_p")));
    object.put("presence_penalty", 0).put("frequency_penalty", 0).put("top_logprobs", 0);
    object.put("temperature", orOne(ask.real("temperature")));
    object.set("reasoning", reasoning(streamed));
    object.set("usage", counts == null ? object.nullNode() : usage(counts, streamed));
    object.put("max_output_tokens", ask.number("max_output_tokens"));
    object.putNull("max_tool_calls").put("store", false);
    object.put("background", ask.flag("background")).put("service_tier", "default");
    object.putObject("metadata");
    return object.putNull("safety_identifier").putNull("prompt_cache_key");
  }

  private static double orOne(@Nullable Double number) {
    return number == null ? 1 : number;
  }

  private ArrayNode tools(boolean streamed) {
    ArrayNode tools = Trees.object().arrayNode();
    for (Fields tool : ask.objects("tools", "openai.ResponsesTool")) {
      ObjectNode one = Trees.object().put("type", tool.text("type")).put("name", tool.text("name"));
      for (String key : new String[] {"description", "strict", "parameters"}) {
        JsonNode value = tool.any(key);
        one.set(
            key, value == null ? one.nullNode() : key.equals("parameters") ? deep(value) : value);
      }
      tools.add(streamed ? ResponsesRetelling.sorted(one) : one);
    }
    return tools;
  }

  /// Go keeps these in maps, and so writes them in the order of the alphabet, however deep.
  private static JsonNode deep(JsonNode tree) {
    if (tree instanceof ObjectNode object) {
      ObjectNode sorted = ResponsesRetelling.sorted(object);
      sorted.properties().forEach(member -> member.setValue(deep(member.getValue())));
      return sorted;
    }
    if (tree instanceof ArrayNode array) {
      ArrayNode sorted = Trees.object().arrayNode();
      array.forEach(item -> sorted.add(deep(item)));
      return sorted;
    }
    return tree;
  }

  private ObjectNode format() {
    Fields given =
        ask.object("text", "openai.ResponsesText").object("format", "openai.ResponsesTextFormat");
    String type = given.text("type");
    ObjectNode format = Trees.object().put("type", type.isEmpty() ? "text" : type);
    for (String key : new String[] {"name", "schema", "strict"}) {
      JsonNode value = given.any(key);
      if (value != null) {
        format.set(key, value);
      }
    }
    return format;
  }

  private JsonNode reasoning(boolean streamed) {
    Fields given = ask.object("reasoning", "openai.ResponsesReasoning");
    ObjectNode told = Trees.object();
    for (String key : new String[] {"effort", "summary"}) {
      String value = given.text(key);
      if (!value.isEmpty()) {
        told.put(key, value);
      } else if (streamed) {
        told.putNull(key);
      }
    }
    boolean any = !given.text("effort").isEmpty() || !given.text("summary").isEmpty();
    return any ? told : told.nullNode();
  }

  private static ObjectNode usage(ObjectNode counts, boolean streamed) {
    int input = counts.path("prompt_eval_count").asInt();
    int output = counts.path("eval_count").asInt();
    ObjectNode usage = Trees.object().put("input_tokens", input).put("output_tokens", output);
    usage.put("total_tokens", input + output);
    usage.putObject("input_tokens_details").put("cached_tokens", 0);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return streamed ? ResponsesRetelling.sorted(usage) : usage;
  }
}
