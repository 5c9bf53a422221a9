package dev.corral.library;

import dev.corral.model.ModelName;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One row of `downloaded_models`. Other programs write such rows too, so anything may be missing:
/// texts are empty and the rest is null then.
///
/// @param modelId the short public name, `llama3.2:1b`, or what somebody else chose
/// @param repoId the repository it came from
/// @param filename the file in that repository
/// @param parameters in billions
/// @param contextWindow tokens that the model was trained for
/// @param fileSizeMb of all its blobs, in 10^6 bytes
/// @param filePath shown, never opened
/// @param ollamaModelName what a backend calls it; empty where that is the id
/// @param source `curated`, `custom_hf` or `local`
/// @param lastUsed the last request that it answered
public record Entry(
    String modelId,
    String displayName,
    String repoId,
    String filename,
    String quantization,
    @Nullable Double parameters,
    @Nullable Long contextWindow,
    @Nullable Double fileSizeMb,
    String filePath,
    String ollamaModelName,
    String source,
    List<String> tags,
    @Nullable Instant downloadedAt,
    @Nullable Instant lastUsed) {
  /// From the catalog.
  public static final String CURATED = "curated";

  /// From a repository of Hugging Face that somebody chose.
  public static final String CUSTOM_HF = "custom_hf";

  /// Everything else.
  public static final String LOCAL = "local";

  public Entry {
    tags = List.copyOf(tags);
  }

  /// A row with nothing but its name.
  public static Entry of(ModelName name) {
    String id = name.shortName();
    return new Entry(id, id, "", "", "", null, null, null, "", id, LOCAL, List.of(), null, null);
  }

  /// The name to ask a backend for; empty where the row has none that could be one.
  public Optional<ModelName> name() {
    return ModelName.parse(ollamaModelName).or(() -> ModelName.parse(modelId));
  }

  /// What listings show: the backend's name where it is the id's longer form, else the id.
  public String shown() {
    Optional<ModelName> byId = ModelName.parse(modelId);
    return byId.isPresent() && (ollamaModelName.isEmpty() || means(byId.get(), ollamaModelName))
        ? byId.get().shortName()
        : modelId;
  }

  /// True where the row is about the model of that name.
  public boolean means(ModelName name) {
    return means(name, ollamaModelName.isEmpty() ? modelId : ollamaModelName)
        || modelId.toLowerCase(Locale.ROOT).equals(name.shortName().toLowerCase(Locale.ROOT));
  }

  private static boolean means(ModelName name, String text) {
    return ModelName.parse(text).filter(one -> one.key().equals(name.key())).isPresent();
  }

  /// This row of a model that just came.
  ///
  /// @param file where its weights lie; empty where nobody here knows
  public Entry arrived(String file, Instant at) {
    return new Entry(
        modelId,
        displayName,
        repoId,
        filename,
        quantization,
        parameters,
        contextWindow,
        fileSizeMb,
        file,
        ollamaModelName,
        source,
        tags,
        at,
        lastUsed);
  }

  /// This row with what the newer one knows; what that leaves out stays, and so does what people
  /// choose themselves: id, display name and source.
  Entry updated(Entry newer) {
    return new Entry(
        modelId,
        first(displayName, newer.displayName),
        first(newer.repoId, repoId),
        first(newer.filename, filename),
        first(newer.quantization, quantization),
        newer.parameters == null ? parameters : newer.parameters,
        newer.contextWindow == null ? contextWindow : newer.contextWindow,
        newer.fileSizeMb == null ? fileSizeMb : newer.fileSizeMb,
        first(newer.filePath, filePath),
        first(ollamaModelName, newer.ollamaModelName),
        first(source, newer.source),
        newer.tags.isEmpty() ? tags : newer.tags,
        newer.downloadedAt == null ? downloadedAt : newer.downloadedAt,
        newer.lastUsed == null ? lastUsed : newer.lastUsed);
  }

  private static String first(String one, String other) {
    return one.isEmpty() ? other : one;
  }
}
