package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.templates.ChatInput;
import dev.corral.templates.ChatTemplate;
import dev.corral.templates.Json;
import dev.corral.templates.Limits;
import dev.corral.templates.MarkedText;
import dev.corral.templates.Messages;
import dev.corral.templates.Rendered;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was said so far, and how it becomes a prompt.
///
/// @param tools that the model may call, as they came
/// @param think null where nothing was said
record Conversation(List<Json.Fields> messages, List<Json> tools, @Nullable Think think) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BLIND =
      "this server's own engine cannot see pictures; send text only, or ask an Ollama node";
  private static final String NO_EYES =
      "Multimodal data provided, but model does not support multimodal requests. Send text only, or"
          + " ask a model that sees";
  private static final List<String> TEXTS = List.of("thinking", "tool_name", "tool_call_id");

  Conversation {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /// A message of a request.
  static Json.Fields message(Fields given) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("role", given.text("role").toLowerCase(Locale.ROOT));
    fields.put("content", given.text("content"));
    for (String key : TEXTS) {
      if (!given.text(key).isEmpty()) {
        fields.put(key, given.text(key));
      }
    }
    JsonNode calls = given.any("tool_calls");
    if (calls != null && !calls.isEmpty()) {
      fields.put("tool_calls", plain(calls));
    }
    return (Json.Fields) Json.from(fields);
  }

  /// Pictures are beyond the own engine; of a model that cannot see either, Ollama's words come
  /// first (recording `err-image-to-text-chat`).
  ///
  /// @param given the request, or one of its messages
  /// @throws Refused where it carries a picture
  static void requireNoPicture(Fields given, Known model) {
    if (given.items("images", "[]api.ImageData").iterator().hasNext()) {
      throw new Refused(400, model.can("vision") ? BLIND : NO_EYES);
    }
  }

  static Json.Fields message(String role, String content) {
    return (Json.Fields) Json.from(Map.of("role", role, "content", content));
  }

  static List<Json> tools(Fields request) {
    List<Json> tools = new ArrayList<>();
    request.items("tools", "api.Tools").forEach(tool -> tools.add(described(tool)));
    return tools;
  }

  /// Templates see a description of every function, if only an empty one, as llama-server shows it.
  private static Json described(JsonNode tool) {
    if (!(tool.path("function") instanceof ObjectNode function) || function.has("description")) {
      return Json.from(plain(tool));
    }
    ObjectNode whole = function.objectNode();
    whole.set("name", function.path("name"));
    whole.put("description", "").setAll(function);
    ObjectNode copy = ((ObjectNode) tool).deepCopy();
    copy.set("function", whole);
    return Json.from(plain(copy));
  }

  private static @Nullable Object plain(JsonNode tree) {
    return JSON.convertValue(tree, Object.class);
  }

  /// The prompt of all messages.
  Prompt render(ChatTemplate template, FileFacts file, Clock clock) {
    return render(template, file, clock, messages);
  }

  /// The prompt, without the oldest messages where it would be longer than the context: those of
  /// the system and the last one always stay.
  Prompt fitted(ChatTemplate template, FileFacts file, Clock clock, Runner runner) {
    int context = runner.facts().contextLength();
    Prompt all = render(template, file, clock, messages);
    if (messages.size() <= 1 || all.surelyFits(context)) {
      return all;
    }
    Prompt counted = all.counted(runner);
    if (counted.tokens() <= context) {
      return counted;
    }
    // Fewer messages never need more tokens, so the fewest to drop are found by halving.
    int low = 1;
    int high = messages.size() - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      if (fits(template, file, clock, runner, middle, context)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return render(template, file, clock, without(low));
  }

  private boolean fits(
      ChatTemplate template, FileFacts file, Clock clock, Runner runner, int drop, int context) {
    Prompt cut;
    try {
      cut = render(template, file, clock, without(drop));
    } catch (Refused no) {
      return false; // a template that refuses this cut may well take the next
    }
    return cut.surelyFits(context) || cut.counted(runner).tokens() <= context;
  }

  private List<Json.Fields> without(int oldest) {
    List<Json.Fields> kept = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      if (i >= oldest || Messages.role(messages.get(i)).toString().equals("system")) {
        kept.add(messages.get(i));
      }
    }
    return kept;
  }

  private Prompt render(
      ChatTemplate template, FileFacts file, Clock clock, List<Json.Fields> said) {
    ChatInput input =
        ChatInput.of(said)
            .withTools(tools)
            .withThink(think == null ? null : think.json())
            .with("bos_token", Json.trusted(file.bosText()))
            .with("eos_token", Json.trusted(file.eosText()));
    return prompt(template.render(input, Limits.USUAL, clock));
  }

  /// @throws Refused where the template made no prompt
  static Prompt prompt(Rendered rendered) {
    return switch (rendered) {
      case Rendered.Text(MarkedText text) -> new Prompt(text);
      case Rendered.Raised(String message) -> throw new Refused(400, message);
      case Rendered.Failed failed ->
          throw new Refused(500, "the model's chat template failed: " + failed.text());
    };
  }
}
