package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.templates.answer.AnswerFormat;
import dev.corral.templates.answer.CallText;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// OpenAI's `tool_choice`, which Ollama passes over: a call may be forbidden, left to the model, or
/// demanded, of any tool or of one. What is demanded is held to by a grammar where the model writes
/// arguments as JSON; elsewhere it stays with what the model does, as in Ollama.
///
/// @param none no tools are to be told of
/// @param demanded a call is wanted
/// @param only of this tool; empty for any
record ToolChoice(boolean none, boolean demanded, String only) {
  static final ToolChoice AUTO = new ToolChoice(false, false, "");

  /// @param given `none`, `auto`, `required`, or `{"function": {"name"}}`; null for nothing
  static ToolChoice of(@Nullable JsonNode given) {
    if (given == null) {
      return AUTO;
    }
    String name = given.path("function").path("name").asText("");
    if (!name.isEmpty()) {
      return new ToolChoice(false, true, name);
    }
    return switch (given.asText("")) {
      case "none" -> new ToolChoice(true, false, "");
      case "required" -> new ToolChoice(false, true, "");
      default -> AUTO;
    };
  }

  /// The calls that a runner may write, in its `calls`; null where it is bound to none.
  ///
  /// @throws Refused where a tool is demanded that is not among those of the request
  @Nullable ArrayNode calls(Fields ask, AnswerFormat format) {
    if (!demanded) {
      return null;
    }
    ArrayNode calls = JsonNodeFactory.instance.arrayNode();
    boolean known = only.isEmpty();
    for (JsonNode tool : ask.items("tools", "api.Tools")) {
      JsonNode function = tool.path("function");
      String name = function.path("name").asText("");
      if (!only.isEmpty() && !only.equals(name)) {
        continue;
      }
      known = true;
      Optional<CallText> text = format.call(name);
      if (text.isEmpty()) {
        return null;
      }
      calls.add(call(text.get(), function.path("parameters")));
    }
    if (!known) {
      throw new Refused(
          400, "tool_choice demands the tool '" + only + "', which is not among the tools");
    }
    return calls.isEmpty() ? null : calls;
  }

  private static ObjectNode call(CallText text, JsonNode parameters) {
    ObjectNode call = JsonNodeFactory.instance.objectNode().put("before", text.before());
    JsonNode any = call.objectNode().put("type", "object");
    call.set("arguments", parameters.isObject() && !parameters.isEmpty() ? parameters : any);
    return call.put("after", text.after());
  }
}
