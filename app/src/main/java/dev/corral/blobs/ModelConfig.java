package dev.corral.blobs;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/// The config blob of a model: what it is, in Ollama's members (`ConfigV2`). What is not told is
/// empty or 0.
///
/// @param format `gguf`, `safetensors`
/// @param families empty where the config says null or nothing
/// @param parameterSize as shown, `8.0B`
/// @param quantization as shown, `Q4_K_M`
/// @param remoteHost where a vendor's cloud answers for it
/// @param capabilities only of remote models
public record ModelConfig(
    String format,
    String family,
    List<String> families,
    String parameterSize,
    String quantization,
    String renderer,
    String parser,
    String requires,
    String remoteHost,
    String remoteModel,
    List<String> capabilities,
    long contextLength,
    long embeddingLength) {
  public ModelConfig {
    families = List.copyOf(families);
    capabilities = List.copyOf(capabilities);
  }

  static ModelConfig of(JsonNode tree) {
    return new ModelConfig(
        tree.path("model_format").asText(""),
        tree.path("model_family").asText(""),
        words(tree.path("model_families")),
        tree.path("model_type").asText(""),
        tree.path("file_type").asText(""),
        tree.path("renderer").asText(""),
        tree.path("parser").asText(""),
        tree.path("requires").asText(""),
        tree.path("remote_host").asText(""),
        tree.path("remote_model").asText(""),
        words(tree.path("capabilities")),
        tree.path("context_length").asLong(),
        tree.path("embedding_length").asLong());
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText("")));
    return List.copyOf(words);
  }

  public boolean remote() {
    return !remoteHost.isEmpty() && !remoteModel.isEmpty();
  }
}
