package dev.corral.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.dialect.Fields;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The body of `/api/create`, read and checked as far as that needs no store.
///
/// @param files digests by file name, in the order of the names
/// @param filesGiven whether there was such a member, with or without files
/// @param licenses texts, each a layer
/// @param params parameters of the model
/// @param info members of the config that the caller sets
record CreateAsk(
    ModelName name,
    boolean stream,
    String from,
    Map<String, Digest> files,
    boolean filesGiven,
    Map<String, Digest> adapters,
    String quantize,
    String template,
    String system,
    List<String> licenses,
    ObjectNode params,
    List<JsonNode> messages,
    String renderer,
    String parser,
    String requires,
    JsonNode info) {
  private static final Set<String> NOT_IN_A_PATH = Set.of("", ".", "..");

  /// @throws Refused 400 with Ollama's words, or with ours for what is not done here
  static CreateAsk of(Fields ask) {
    String quantize = either(ask, "quantize", "quantization");
    Map<String, Digest> files = files(ask, "files", true);
    Map<String, Digest> drafts = files(ask, "draft_files", true);
    Map<String, Digest> adapters = files(ask, "adapters", false);
    ModelName name = StoreWords.require(StoreWords.asked(ask));
    if (!drafts.isEmpty() || !ask.text("draft_quantize").isEmpty()) {
      throw new Refused(
          400, "draft models are not supported by this engine; create the model without DRAFT");
    }
    if (!ask.text("remote_host").isEmpty()) {
      throw new Refused(400, "this engine runs models of this machine only; leave out remote_host");
    }
    return new CreateAsk(
        name,
        !Boolean.FALSE.equals(ask.maybeFlag("stream")),
        ask.text("from"),
        files,
        ask.has("files"),
        adapters,
        quantize,
        ask.text("template"),
        ask.text("system"),
        licenses(ask),
        params(ask.object("parameters", "map[string]interface {}")),
        messages(ask),
        ask.text("renderer"),
        ask.text("parser"),
        ask.text("requires"),
        ask.object("info", "map[string]interface {}").tree());
  }

  private static String either(Fields ask, String now, String before) {
    String text = ask.text(now);
    return text.isEmpty() ? ask.text(before) : text;
  }

  private static Map<String, Digest> files(Fields ask, String member, boolean paths) {
    Map<String, Digest> files = new TreeMap<>();
    for (Map.Entry<String, String> entry : ask.textsByName(member).entrySet()) {
      if (paths && !relative(entry.getKey())) {
        throw new Refused(400, "file path must be relative");
      }
      Digest digest =
          Digest.parse(entry.getValue())
              .orElseThrow(() -> new Refused(400, "invalid digest format"));
      files.put(entry.getKey(), digest);
    }
    return files;
  }

  /// Go's `fs.ValidPath`.
  private static boolean relative(String path) {
    return List.of(path.split("/", -1)).stream().noneMatch(NOT_IN_A_PATH::contains);
  }

  private static List<String> licenses(Fields ask) {
    JsonNode given = ask.any("license");
    if (given == null) {
      return List.of();
    }
    if (given.isTextual()) {
      return given.textValue().isEmpty() ? List.of() : List.of(given.textValue());
    }
    return ask.texts("license");
  }

  /// By name in order, as Go writes a map.
  private static ObjectNode params(Fields given) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    given.tree().properties().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    ObjectNode params = JsonNodeFactory.instance.objectNode();
    sorted.forEach(params::set);
    return params;
  }

  /// Messages member by member as Ollama's struct has them.
  private static List<JsonNode> messages(Fields ask) {
    List<JsonNode> messages = new ArrayList<>();
    for (Fields given : ask.objects("messages", "api.Message")) {
      ObjectNode message = JsonNodeFactory.instance.objectNode();
      message.put("role", given.text("role").toLowerCase(Locale.ROOT));
      message.put("content", given.text("content"));
      Shape.put(message, "thinking", given.text("thinking"));
      for (String list : List.of("images", "tool_calls")) {
        JsonNode value = given.any(list);
        if (value != null && value.isArray() && !value.isEmpty()) {
          message.set(list, value);
        }
      }
      Shape.put(message, "tool_name", given.text("tool_name"));
      Shape.put(message, "tool_call_id", given.text("tool_call_id"));
      messages.add(message);
    }
    return messages;
  }
}
