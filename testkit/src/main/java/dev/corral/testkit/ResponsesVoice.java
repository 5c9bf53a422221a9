package dev.corral.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// `/v1/responses`: OpenAI's newer shape as Ollama writes it. In a stream the keys of every object
/// are in alphabetical order; thinking is left out.
final class ResponsesVoice implements Voice {
  private static final int ID_RANGE = 1_000_000;

  private final String model;
  private final JsonNode tools;
  private final long created = Instant.now().getEpochSecond();
  private final String id = "resp_" + ThreadLocalRandom.current().nextInt(ID_RANGE);
  private final int item = ThreadLocalRandom.current().nextInt(ID_RANGE);
  private int sequence;
  private boolean started;

  /// @param tools the tools of the request, told back
  ResponsesVoice(String model, JsonNode tools) {
    this.model = model;
    this.tools = tools.isArray() ? completed(tools) : Json.array();
  }

  private static JsonNode completed(JsonNode tools) {
    var all = Json.array();
    tools.forEach(tool -> {
      ObjectNode copy = tool.deepCopy();
      copy.putIfAbsent("description", Json.object().nullNode());
      copy.putIfAbsent("strict", Json.object().nullNode());
      all.add(copy);
    });
    return all;
  }

  @Override
  public Headers streamHeaders() {
    return Headers.of("Cache-Control", "no-cache", "Content-Type", "text/event-stream");
  }

  @Override
  public Headers wholeHeaders() {
    return Headers.of("Content-Type", "application/json");
  }

  @Override
  public List<byte[]> opening() {
    return List.of(
        event("response.created", Json.object().set("response", response("in_progress", null))),
        event(
            "response.in_progress", Json.object().set("response", response("in_progress", null))));
  }

  @Override
  public List<byte[]> piece(Speech.Piece piece) {
    if (piece.thought()) {
      return List.of();
    }
    List<byte[]> frames = new ArrayList<>();
    if (!started) {
      started = true;
      frames.add(event("response.output_item.added", inItem("item", message("in_progress", ""))));
      frames.add(event("response.content_part.added", inPart().<ObjectNode>set("part", part(""))));
    }
    ObjectNode delta = inPart().put("delta", piece.text());
    delta.putArray("logprobs");
    frames.add(event("response.output_text.delta", delta));
    return frames;
  }

  @Override
  public List<byte[]> closing(Speech.Said said) {
    List<byte[]> frames = new ArrayList<>();
    Speech.ToolCall tool = said.speech().tool();
    if (tool == null) {
      ObjectNode done = inPart().put("text", said.text());
      done.putArray("logprobs");
      frames.add(event("response.output_text.done", done));
      frames.add(
          event("response.content_part.done", inPart().<ObjectNode>set("part", part(said.text()))));
    } else {
      String arguments = Json.text(tool.arguments());
      frames.add(
          event("response.output_item.added", inItem("item", call(tool, "in_progress", ""))));
      frames.add(event("response.function_call_arguments.delta", inCall().put("delta", arguments)));
      frames.add(
          event("response.function_call_arguments.done", inCall().put("arguments", arguments)));
    }
    frames.add(event("response.output_item.done", inItem("item", output(said))));
    frames.add(
        event("response.completed", Json.object().set("response", response("completed", said))));
    return frames;
  }

  @Override
  public byte[] lateError(String message) {
    return new byte[0];
  }

  @Override
  public byte[] whole(Speech.Said said) {
    return Json.line(response("completed", said));
  }

  private byte[] event(String type, JsonNode fields) {
    ObjectNode data = fields.deepCopy();
    data.put("sequence_number", sequence++).put("type", type);
    return Wire.join(
        Wire.ascii("event: " + type + "\ndata: "),
        Json.bytes(Json.sorted(data)),
        Wire.ascii("\n\n"));
  }

  private ObjectNode inPart() {
    return Json.object()
        .put("content_index", 0)
        .put("item_id", "msg_" + item)
        .put("output_index", 0);
  }

  private ObjectNode inCall() {
    return Json.object().put("item_id", "fc_" + item + "_0").put("output_index", 0);
  }

  private static ObjectNode inItem(String name, JsonNode value) {
    ObjectNode node = Json.object().put("output_index", 0);
    node.set(name, value);
    return node;
  }

  private static ObjectNode part(String text) {
    ObjectNode part = Json.object().put("type", "output_text").put("text", text);
    part.putArray("annotations");
    part.putArray("logprobs");
    return part;
  }

  private ObjectNode message(String status, String text) {
    ObjectNode message =
        Json.object()
            .put("id", "msg_" + item)
            .put("type", "message")
            .put("status", status)
            .put("role", "assistant");
    var content = message.putArray("content");
    if (status.equals("completed")) {
      content.add(part(text));
    }
    return message;
  }

  private ObjectNode call(Speech.ToolCall tool, String status, String arguments) {
    return Json.object()
        .put("id", "fc_" + item + "_0")
        .put("type", "function_call")
        .put("status", status)
        .put("call_id", tool.id())
        .put("name", tool.name())
        .put("arguments", arguments);
  }

  private ObjectNode output(Speech.Said said) {
    Speech.ToolCall tool = said.speech().tool();
    return tool == null
        ? message("completed", said.text())
        : call(tool, "completed", Json.text(tool.arguments()));
  }

  private ObjectNode response(String status, Speech.@Nullable Said said) {
    ObjectNode answer = Json.object().put("id", id).put("object", "response");
    answer.put("created_at", created);
    if (said == null) {
      answer.putNull("completed_at");
    } else {
      answer.put("completed_at", Instant.now().getEpochSecond());
    }
    answer.put("status", status).putNull("incomplete_details").put("model", model);
    answer.putNull("previous_response_id").putNull("instructions");
    var output = answer.putArray("output");
    if (said != null) {
      output.add(output(said));
    }
    answer.putNull("error").set("tools", tools);
    answer.put("tool_choice", "auto").put("truncation", "disabled");
    answer.put("parallel_tool_calls", true);
    answer.putObject("text").putObject("format").put("type", "text");
    answer.put("top_p", 1).put("presence_penalty", 0).put("frequency_penalty", 0);
    answer.put("top_logprobs", 0).put("temperature", 0).putNull("reasoning");
    if (said == null) {
      answer.putNull("usage");
    } else {
      answer.set("usage", usage(said));
    }
    answer.putNull("max_output_tokens").putNull("max_tool_calls");
    answer.put("store", false).put("background", false).put("service_tier", "default");
    answer.putObject("metadata");
    return answer.putNull("safety_identifier").putNull("prompt_cache_key");
  }

  private static ObjectNode usage(Speech.Said said) {
    ObjectNode counts = ChatVoice.usage(said);
    ObjectNode usage =
        Json.object()
            .put("input_tokens", counts.path("prompt_tokens").asInt())
            .put("output_tokens", counts.path("completion_tokens").asInt())
            .put("total_tokens", counts.path("total_tokens").asInt());
    usage.putObject("input_tokens_details").put("cached_tokens", 0);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    return usage;
  }
}
