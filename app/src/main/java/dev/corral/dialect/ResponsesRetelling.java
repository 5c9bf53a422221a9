package dev.corral.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/// Answers of `/api/chat` as `/v1/responses` tells them (recordings `v1-responses*` of 0.33.0-rc2;
/// `openai/responses.go`). The members of streamed events stand in the order of the alphabet, as Go
/// writes its maps.
public final class ResponsesRetelling implements Retelling {
  private static final int IDS = 999_999;

  private final ResponseObject object;
  private final String id = "resp_" + number();
  private final String messageId = "msg_" + number();
  private final ArrayNode items = Trees.object().arrayNode();
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder thinking = new StringBuilder();
  private String thinkingId = "";
  private List<Event> events = new ArrayList<>();
  private int sequence;
  private int index;
  private boolean begun;
  private boolean spoke;
  private boolean called;

  /// @param ask the request, parts of which the answer repeats
  public ResponsesRetelling(Fields ask) {
    this.object = new ResponseObject(ask);
  }

  private static int number() {
    return ThreadLocalRandom.current().nextInt(IDS);
  }

  @Override
  public ObjectNode whole(ObjectNode answer) {
    ArrayNode output = Trees.object().arrayNode();
    JsonNode message = answer.path("message");
    String thought = message.path("thinking").asText("");
    if (!thought.isEmpty()) {
      ObjectNode item = output.addObject().put("id", "rs_" + id).put("type", "reasoning");
      item.putArray("summary").addObject().put("type", "summary_text").put("text", thought);
      item.put("encrypted_content", thought);
    }
    if (message.path("tool_calls").isEmpty()) {
      ObjectNode item = output.addObject().put("id", messageId).put("type", "message");
      item.put("status", "completed").put("role", "assistant");
      ObjectNode said = item.putArray("content").addObject().put("type", "output_text");
      said.put("text", message.path("content").asText(""));
      said.putArray("annotations");
      said.putArray("logprobs");
    }
    int number = 0;
    for (JsonNode call : message.path("tool_calls")) {
      ObjectNode item = output.addObject().put("id", "fc_" + id + "_" + number);
      item.put("type", "function_call").put("status", "completed");
      item.put("call_id", call.path("id").asText(""));
      item.put("name", call.path("function").path("name").asText(""));
      item.put("arguments", GoJson.text(call.path("function").path("arguments")));
      number++;
    }
    return object.whole(id, output, answer);
  }

  @Override
  public List<Event> frame(ObjectNode frame) {
    events = new ArrayList<>();
    JsonNode message = frame.path("message");
    if (!begun) {
      begun = true;
      object.begin(frame);
      tell("response.created", data -> data.set("response", object.running(id)));
      tell("response.in_progress", data -> data.set("response", object.running(id)));
    }
    String thought = message.path("thinking").asText("");
    if (!thought.isEmpty()) {
      think(thought);
    }
    boolean calls = !message.path("tool_calls").isEmpty();
    if (calls) {
      endThinking();
      called = true;
      message.path("tool_calls").forEach(this::call);
    }
    String said = message.path("content").asText("");
    if (!calls && !called && !said.isEmpty()) {
      endThinking();
      say(said);
    }
    if (frame.path("done").asBoolean()) {
      endThinking();
      if (spoke) {
        endMessage();
      }
      tell("response.completed", data -> data.set("response", object.completed(id, items, frame)));
    }
    return events;
  }

  private void tell(String type, Consumer<ObjectNode> members) {
    ObjectNode data = Trees.object();
    members.accept(data);
    data.put("sequence_number", sequence).put("type", type);
    sequence++;
    events.add(Event.of(type, sorted(data)));
  }

  private void think(String thought) {
    if (thinkingId.isEmpty()) {
      thinkingId = "rs_" + number();
      tell(
          "response.output_item.added",
          data -> {
            data.putObject("item")
                .put("id", thinkingId)
                .put("type", "reasoning")
                .putArray("summary");
            data.put("output_index", index);
          });
    }
    thinking.append(thought);
    tell(
        "response.reasoning_summary_text.delta",
        data ->
            data.put("delta", thought)
                .put("item_id", thinkingId)
                .put("output_index", index)
                .put("summary_index", 0));
  }

  private void endThinking() {
    if (thinkingId.isEmpty()) {
      return;
    }
    String all = thinking.toString();
    ObjectNode item = Trees.object().put("encrypted_content", all).put("id", thinkingId);
    item.putArray("summary").addObject().put("type", "summary_text").put("text", all);
    item.put("type", "reasoning");
    items.add(sorted(item));
    tell(
        "response.reasoning_summary_text.done",
        data ->
            data.put("item_id", thinkingId)
                .put("output_index", index)
                .put("summary_index", 0)
                .put("text", all));
    tell("response.output_item.done", data -> data.put("output_index", index).set("item", item));
    thinking.setLength(0);
    thinkingId = "";
    index++;
  }

  private void call(JsonNode call) {
    String item = "fc_" + number() + "_" + call.path("function").path("index").asInt();
    String arguments = GoJson.text(call.path("function").path("arguments"));
    tell(
        "response.output_item.added",
        data -> data.put("output_index", index).set("item", call(item, call, "in_progress", "")));
    tell(
        "response.function_call_arguments.delta",
        data -> data.put("delta", arguments).put("item_id", item).put("output_index", index));
    tell(
        "response.function_call_arguments.done",
        data -> data.put("arguments", arguments).put("item_id", item).put("output_index", index));
    ObjectNode done = call(item, call, "completed", arguments);
    items.add(done);
    tell("response.output_item.done", data -> data.put("output_index", index).set("item", done));
    index++;
  }

  private static ObjectNode call(String item, JsonNode call, String status, String arguments) {
    return Trees.object()
        .put("arguments", arguments)
        .put("call_id", call.path("id").asText(""))
        .put("id", item)
        .put("name", call.path("function").path("name").asText(""))
        .put("status", status)
        .put("type", "function_call");
  }

  private void say(String said) {
    if (!spoke) {
      spoke = true;
      tell(
          "response.output_item.added",
          data -> {
            ObjectNode item = data.putObject("item");
            item.putArray("content");
            item.put("id", messageId).put("role", "assistant");
            item.put("status", "in_progress").put("type", "message");
            data.put("output_index", index);
          });
      tell("response.content_part.added", data -> place(data).set("part", part("")));
    }
    text.append(said);
    tell("response.output_text.delta", data -> place(data).put("delta", said).putArray("logprobs"));
  }

  private void endMessage() {
    String all = text.toString();
    tell("response.output_text.done", data -> place(data).put("text", all).putArray("logprobs"));
    tell("response.content_part.done", data -> place(data).set("part", part(all)));
    ObjectNode item = Trees.object();
    item.putArray("content").add(part(all));
    item.put("id", messageId).put("role", "assistant");
    item.put("status", "completed").put("type", "message");
    items.add(item);
    tell("response.output_item.done", data -> data.put("output_index", index).set("item", item));
  }

  private ObjectNode place(ObjectNode data) {
    return data.put("content_index", 0).put("item_id", messageId).put("output_index", index);
  }

  private static ObjectNode part(String text) {
    ObjectNode part = Trees.object();
    part.putArray("annotations");
    part.putArray("logprobs");
    return part.put("text", text).put("type", "output_text");
  }

  static ObjectNode sorted(ObjectNode from) {
    ObjectNode sorted = Trees.object();
    from.properties().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(member -> sorted.set(member.getKey(), member.getValue()));
    return sorted;
  }
}
