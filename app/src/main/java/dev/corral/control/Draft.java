package dev.corral.control;

import dev.corral.api.ModelView;
import dev.corral.library.Entry;
import dev.corral.library.Sighting;
import dev.corral.ollama.StoredModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A model of the listing while it is put together; belongs to one answer.
final class Draft {
  private static final double MEGA = 1e6;

  final String key;
  final String name;
  final List<String> backends = new ArrayList<>();
  final List<String> loadedOn = new ArrayList<>();
  final Set<String> assigned = new TreeSet<>();
  final Set<String> duplicates = new TreeSet<>();

  /// The first backend that holds a model tells what it is.
  private final @Nullable StoredModel stored;

  @Nullable Entry row;
  boolean local;
  boolean guarded;

  Draft(String key, String name, @Nullable StoredModel stored) {
    this.key = key;
    this.name = name;
    this.stored = stored;
  }

  String digest() {
    return stored == null ? "" : stored.digest();
  }

  /// As the backend tells, else as it was when it was last seen, else as the row says.
  long bytes(@Nullable Sighting sighting) {
    if (stored != null) {
      return stored.size();
    }
    if (sighting != null) {
      return sighting.sizeBytes();
    }
    Double megabytes = row == null ? null : row.fileSizeMb();
    return megabytes == null ? 0 : Math.round(megabytes * MEGA);
  }

  ModelView view(
      String state,
      boolean adoptable,
      String protectedBy,
      ModelView.@Nullable Row known,
      @Nullable Sighting sighting,
      ModelView.@Nullable FitView fit) {
    return new ModelView(
        name,
        stored != null ? stored.digest() : sighting == null ? "" : sighting.digest(),
        bytes(sighting),
        stored == null ? "" : stored.family(),
        stored == null ? "" : stored.parameterSize(),
        stored != null ? stored.quantization() : known == null ? "" : known.quantization(),
        stored == null ? null : stored.contextLength(),
        stored == null ? List.of() : stored.capabilities(),
        List.copyOf(backends),
        List.copyOf(loadedOn),
        "",
        stored == null ? null : stored.modifiedAt(),
        state,
        row != null,
        adoptable,
        guarded,
        protectedBy,
        List.copyOf(assigned),
        List.copyOf(duplicates),
        known,
        sighting == null ? null : sighting.goneAt(),
        fit);
  }

  /// The same model under the name of an alias.
  ModelView alias(String alias) {
    ModelView real = view("present", false, "", null, null, null);
    return new ModelView(
        alias,
        real.digest(),
        real.size(),
        real.family(),
        real.parameterSize(),
        real.quantization(),
        real.contextLength(),
        real.capabilities(),
        real.backends(),
        real.loadedOn(),
        name,
        real.modifiedAt(),
        real.state(),
        false,
        false,
        false,
        "",
        List.of(),
        List.of(),
        null,
        null,
        null);
  }

  static ModelView nowhere(String alias, String means) {
    return new ModelView(
        alias, "", 0, "", "", "", null, List.of(), List.of(), List.of(), means, null, "missing",
        false, false, false, "", List.of(), List.of(), null, null, null);
  }
}
