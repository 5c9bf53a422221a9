package dev.corral.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.corral.api.ModelView.FitView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One entry of `GET /manage/catalog`: the members of a catalog's file, and what we know beside.
///
/// @param parameters in billions
/// @param origin `corral`, a file of the home, or the address of a list
/// @param model what `corral pull` takes
/// @param recommended the quantization to take on this machine, or on the card that was asked about
/// @param fit of the recommended one where `model` is that one; where `model` is a name of Ollama's
///   registry, which alone knows what it sends, of Q4_K_M, which is what it has as a rule
/// @param here names of models on backends that are this one
public record CatalogView(
    String id,
    String name,
    String description,
    @JsonProperty("repo_id") String repoId,
    @JsonProperty("filename_template") String filenameTemplate,
    @JsonProperty("ollama_name") String ollamaName,
    String category,
    @JsonProperty("use_cases") List<String> useCases,
    List<String> tags,
    @Nullable Double parameters,
    @JsonProperty("context_window") @Nullable Long contextWindow,
    String license,
    List<Quant> quantizations,
    Performance performance,
    String origin,
    String model,
    String recommended,
    @Nullable FitView fit,
    List<String> here) {

  /// @param sizeMb in 10^6 bytes
  /// @param vramMb in 10^6 bytes, on one GPU with 8192 tokens; null where nobody computed it
  /// @param model what `corral pull` takes for this quantization
  public record Quant(
      String quant,
      @JsonProperty("size_mb") double sizeMb,
      @JsonProperty("vram_mb") @Nullable Double vramMb,
      String filename,
      String model,
      @Nullable String verdict) {}

  /// 0 to 100; null where nobody measured.
  public record Performance(
      @Nullable Integer conversation,
      @JsonProperty("memory_extraction") @Nullable Integer memoryExtraction,
      @JsonProperty("prompt_following") @Nullable Integer promptFollowing,
      @Nullable Integer creativity) {}

  /// One line of `GET /manage/catalog?problems`: something in a file that cannot be used.
  public record Problem(String origin, String where, String reason) {}
}
