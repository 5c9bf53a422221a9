package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;

/// Entries of OpenAI's `/models` in the shapes of Ollama's `/api/tags` and `/api/show`. Such
/// servers tell a name and little more; what they do not tell stays empty.
public final class OpenAiModels {
  private static final double BILLION = 1e9;

  private OpenAiModels() {}

  /// The answer of `/api/tags`.
  ///
  /// @param listing the answer of `/models`
  public static ObjectNode tags(JsonNode listing) {
    ObjectNode tags = Trees.object();
    var models = tags.putArray("models");
    listing.path("data").forEach(entry -> models.add(tag(entry)));
    return tags;
  }

  /// One entry of `/api/tags`. The digest stands for the name alone: Ollama's own client cuts it
  /// and fails on an empty one.
  ///
  /// @param entry one member of `data`
  public static ObjectNode tag(JsonNode entry) {
    String id = Trees.text(entry.path("id"));
    ObjectNode tag = Trees.object().put("name", id).put("model", id);
    tag.put("modified_at", changed(entry)).put("size", entry.path("meta").path("size").asLong());
    tag.put("digest", digest(id));
    tag.set("details", details(entry));
    tag.set("capabilities", capabilities(id));
    return tag;
  }

  /// The answer of `/api/show`.
  public static ObjectNode show(JsonNode entry) {
    String id = Trees.text(entry.path("id"));
    ObjectNode show = Trees.object().put("modelfile", "").put("parameters", "").put("template", "");
    show.set("details", details(entry));
    ObjectNode info = show.putObject("model_info").put("general.architecture", "unknown");
    long context = context(entry);
    if (context > 0) {
      info.put("unknown.context_length", context);
    }
    long parameters = entry.path("meta").path("n_params").asLong();
    if (parameters > 0) {
      info.put("general.parameter_count", parameters);
    }
    show.set("capabilities", capabilities(id));
    return show.put("modified_at", changed(entry));
  }

  private static ObjectNode details(JsonNode entry) {
    double parameters = entry.path("meta").path("n_params").asDouble();
    ObjectNode details = Trees.object();
    details.put("parent_model", "").put("format", "").put("family", "").putNull("families");
    details.put(
        "parameter_size",
        parameters > 0 ? String.format(Locale.ROOT, "%.1fB", parameters / BILLION) : "");
    details.put("quantization_level", "");
    long context = context(entry);
    if (context > 0) {
      details.put("context_length", context);
    }
    return details;
  }

  /// vLLM says `max_model_len`, OpenRouter `context_length`, llama-server `meta.n_ctx_train`.
  private static long context(JsonNode entry) {
    long told = entry.path("max_model_len").asLong(entry.path("context_length").asLong());
    return told > 0 ? told : entry.path("meta").path("n_ctx_train").asLong();
  }

  /// Nobody tells. A name with `embed` in it means what it says; everything else is sent to chat,
  /// and tools travel with it.
  private static JsonNode capabilities(String id) {
    var list = Trees.object().putArray("capabilities");
    return id.toLowerCase(Locale.ROOT).contains("embed")
        ? list.add("embedding")
        : list.add("completion").add("tools");
  }

  private static String changed(JsonNode entry) {
    return Instant.ofEpochSecond(Math.max(0, entry.path("created").asLong())).toString();
  }

  private static String digest(String id) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(id.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
