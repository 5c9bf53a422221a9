package dev.corral.library;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.corral.model.ModelName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A model that can be chosen, in the form of the catalog's files.
///
/// @param repoId `OWNER/REPOSITORY` of Hugging Face; empty where only a registry has it
/// @param filenameTemplate the file in that repository, with `{quant}` in place of the quantization
/// @param ollamaName how Ollama's registry calls it; empty where it does not have it
/// @param category `balanced`, `creative`, `technical` or `advanced`
/// @param parameters in billions; null where unknown
/// @param contextWindow tokens it was trained for; null where unknown
/// @param performance what somebody measured
public record CatalogEntry(
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
    Performance performance) {
  public static final List<String> CATEGORIES =
      List.of("balanced", "creative", "technical", "advanced");

  private static final String HUB = "hf.co/";

  /// One file to choose.
  ///
  /// @param sizeMb in 10^6 bytes
  /// @param vramMb in 10^6 bytes on one GPU with 8192 tokens; null where nobody computed it
  /// @param filename where the template does not make it; else empty
  public record Quant(
      String quant,
      @JsonProperty("size_mb") double sizeMb,
      @JsonProperty("vram_mb") @Nullable Double vramMb,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String filename) {
    private static final double MEGA = 1e6;

    public long bytes() {
      return Math.round(sizeMb * MEGA);
    }
  }

  /// Ratings from 0 to 100; null where nobody measured.
  public record Performance(
      @Nullable Integer conversation,
      @JsonProperty("memory_extraction") @Nullable Integer memoryExtraction,
      @JsonProperty("prompt_following") @Nullable Integer promptFollowing,
      @Nullable Integer creativity) {
    static final Performance UNKNOWN = new Performance(null, null, null, null);
  }

  public CatalogEntry {
    useCases = List.copyOf(useCases);
    tags = List.copyOf(tags);
    quantizations = List.copyOf(quantizations);
  }

  /// What a pull of one quantization is called: by its repository, else as Ollama's registry calls
  /// the model.
  public String pullName(String quant) {
    return repoId.isEmpty() ? ollamaName : HUB + repoId + ":" + quant;
  }

  /// True where the name of a model is one that this entry tells about.
  public boolean means(ModelName name) {
    return same(ollamaName, name) || ofRepository(name);
  }

  private static boolean same(String text, ModelName name) {
    Optional<ModelName> own = text.isEmpty() ? Optional.empty() : ModelName.parse(text);
    return own.filter(one -> one.key().equals(name.key())).isPresent();
  }

  private boolean ofRepository(ModelName name) {
    String host = name.host().toLowerCase(Locale.ROOT);
    boolean hub = host.equals("hf.co") || host.equals("huggingface.co");
    return hub
        && !repoId.isEmpty()
        && repoId.equalsIgnoreCase(name.namespace() + "/" + name.model());
  }

  /// True where a word is in what people read of it.
  public boolean mentions(String word) {
    String all =
        String.join(
            "\n",
            id,
            name,
            description,
            repoId,
            ollamaName,
            String.join("\n", tags),
            String.join("\n", useCases));
    return all.toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT));
  }
}
