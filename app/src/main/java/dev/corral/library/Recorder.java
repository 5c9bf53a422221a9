package dev.corral.library;

import dev.corral.model.ModelName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Makes the row of a model from what is known of it: what a backend tells, and what the catalog
/// says.
public final class Recorder {
  private static final double MEGA = 1e6;

  private final Catalog catalog;

  public Recorder(Catalog catalog) {
    this.catalog = catalog;
  }

  /// The row of a model that a backend has.
  public Entry of(Place.Found found) {
    Entry known = of(found.name());
    Double billions = found.billions();
    Integer context = found.contextLength();
    return new Entry(
        known.modelId(),
        known.displayName(),
        known.repoId(),
        filename(found.name(), found.quantization()),
        found.quantization(),
        billions == null ? known.parameters() : billions,
        context == null ? known.contextWindow() : (Long) context.longValue(),
        found.size() <= 0 ? null : (Double) (found.size() / MEGA),
        "",
        known.ollamaModelName(),
        known.source(),
        known.tags(),
        found.modifiedAt(),
        null);
  }

  /// The row of a model of which only the name is known.
  public Entry of(ModelName name) {
    Entry bare = Entry.of(name);
    Optional<CatalogEntry> entry = catalog.find(name);
    boolean hub = hub(name);
    return new Entry(
        bare.modelId(),
        entry.map(CatalogEntry::name).orElse(bare.displayName()),
        hub ? name.namespace() + "/" + name.model() : entry.map(CatalogEntry::repoId).orElse(""),
        "",
        "",
        entry.map(CatalogEntry::parameters).orElse(null),
        entry.map(CatalogEntry::contextWindow).orElse(null),
        null,
        "",
        bare.ollamaModelName(),
        entry.isPresent() ? Entry.CURATED : hub ? Entry.CUSTOM_HF : Entry.LOCAL,
        entry.map(CatalogEntry::tags).orElse(List.of()),
        null,
        null);
  }

  /// Where the catalog tells how files of its repository are called.
  private String filename(ModelName name, String quantization) {
    if (!hub(name) || quantization.isEmpty()) {
      return "";
    }
    return catalog
        .find(name)
        .map(entry -> entry.filenameTemplate().replace("{quant}", quantization))
        .orElse("");
  }

  private static boolean hub(ModelName name) {
    String host = name.host().toLowerCase(Locale.ROOT);
    return host.equals("hf.co") || host.equals("huggingface.co");
  }
}
