package dev.corral.blobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.gguf.FileType;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The config blob of a model: what it is, in Ollama's members (`ConfigV2`). What is not told is
/// empty or 0.
///
/// @param format `gguf`, `safetensors`
/// @param families empty where the config says null or nothing
/// @param parameterSize as shown, `8.0B`
/// @param quantization as shown, `Q4_K_M`
/// @param remoteHost where a vendor's cloud answers for it
/// @param capabilities only of remote models
/// @param contextLength only of remote models
/// @param embeddingLength only of remote models
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
    long embeddingLength,
    String baseName) {
  private static final String GGUF = "gguf";
  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;
  private static final double BILLION = 1e9;

  public ModelConfig {
    families = List.copyOf(families);
    capabilities = List.copyOf(capabilities);
  }

  /// What a GGUF file says of itself, in the words with which Ollama lists it.
  public static ModelConfig of(Gguf header) {
    String architecture = header.architecture().orElse("");
    return new ModelConfig(
        GGUF,
        architecture,
        List.of(architecture),
        people(parameters(header)),
        quantization(header),
        "",
        "",
        "",
        "",
        "",
        List.of(),
        0,
        0,
        "");
  }

  /// The same model with weights of another precision.
  public ModelConfig quantized(String level) {
    return new ModelConfig(
        format,
        family,
        families,
        parameterSize,
        level,
        renderer,
        parser,
        requires,
        remoteHost,
        remoteModel,
        capabilities,
        contextLength,
        embeddingLength,
        baseName);
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
        tree.path("embedding_length").asLong(),
        tree.path("base_name").asText(""));
  }

  private static List<String> words(JsonNode array) {
    List<String> words = new ArrayList<>();
    array.forEach(word -> words.add(word.asText("")));
    return List.copyOf(words);
  }

  /// How many weights a model has.
  public static long parameters(Gguf header) {
    return header.tensors().stream().mapToLong(Tensor::elements).sum();
  }

  /// Ollama takes number 0, which is F32, for nothing said.
  private static String quantization(Gguf header) {
    return header.whole("general.file_type").orElse(0) > 0 ? FileType.of(header) : "unknown";
  }

  /// A count as Ollama's `format.HumanNumber` prints it: `277K`, `1.24B`'s millions as `134.52M`.
  static String people(long count) {
    if (count >= BILLION) {
      return rounded(count / BILLION, "%.1fB");
    }
    if (count >= MILLION) {
      return rounded(count / MILLION, "%.2fM");
    }
    return count >= THOUSAND
        ? String.format(Locale.ROOT, "%.0fK", count / THOUSAND)
        : Long.toString(count);
  }

  private static String rounded(double number, String broken) {
    char unit = broken.charAt(broken.length() - 1);
    return number == Math.floor(number)
        ? String.format(Locale.ROOT, "%.0f", number) + unit
        : String.format(Locale.ROOT, broken, number);
  }

  /// The blob as Ollama writes it, byte for byte, so that the same model has the same digest here
  /// and there.
  public byte[] json() {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.put("model_format", format);
    tree.put("model_family", family);
    if (families.isEmpty()) {
      tree.putNull("model_families");
    } else {
      families.forEach(tree.putArray("model_families")::add);
    }
    tree.put("model_type", parameterSize);
    tree.put("file_type", quantization);
    putUnlessEmpty(tree, "renderer", renderer);
    putUnlessEmpty(tree, "parser", parser);
    putUnlessEmpty(tree, "requires", requires);
    putUnlessEmpty(tree, "remote_host", remoteHost);
    putUnlessEmpty(tree, "remote_model", remoteModel);
    if (!capabilities.isEmpty()) {
      capabilities.forEach(tree.putArray("capabilities")::add);
    }
    putUnlessZero(tree, "context_length", contextLength);
    putUnlessZero(tree, "embedding_length", embeddingLength);
    putUnlessEmpty(tree, "base_name", baseName);
    tree.put("architecture", "amd64").put("os", "linux");
    return (escaped(tree) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /// As Go's encoder does it: what could end a script of a page is escaped.
  private static String escaped(ObjectNode tree) {
    return tree.toString().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static void putUnlessEmpty(ObjectNode tree, String name, String value) {
    if (!value.isEmpty()) {
      tree.put(name, value);
    }
  }

  private static void putUnlessZero(ObjectNode tree, String name, long value) {
    if (value != 0) {
      tree.put(name, value);
    }
  }

  public boolean remote() {
    return !remoteHost.isEmpty() && !remoteModel.isEmpty();
  }
}
