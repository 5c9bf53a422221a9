package dev.corral.control;

import dev.corral.api.ModelView;
import dev.corral.assign.Assignments;
import dev.corral.db.DatabaseFailure;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.library.Entry;
import dev.corral.library.Sighting;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import dev.corral.route.Asked;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Router;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// One list of models: all that lie on backends that are up, all that are tracked wherever they
/// are, and aliases as entries of their own. Made for one answer.
final class ModelList {
  private static final System.Logger LOG = System.getLogger(ModelList.class.getName());

  private final LibraryParts parts;
  private final FleetSnapshot fleet;
  private final Assignments assignments;
  private final Map<String, Draft> byKey = new LinkedHashMap<>();
  private Map<String, Sighting> sightings = Map.of();
  private Set<String> guarded = Set.of();
  private Set<String> untracked = Set.of();

  private ModelList(LibraryParts parts) {
    this.parts = parts;
    this.fleet = parts.fleet().snapshot();
    this.assignments = parts.assignments().get();
  }

  static List<ModelView> of(LibraryParts parts) {
    return new ModelList(parts).all();
  }

  private List<ModelView> all() {
    for (Backend backend : fleet.backends()) {
      if (backend.state() == Backend.State.UP) {
        backend.stored().stream()
            .filter(model -> !ModelName.hidden(model.name()))
            .forEach(model -> seen(backend, model));
      }
    }
    try {
      guarded = parts.protection().keys();
      rows();
    } catch (DatabaseFailure e) {
      // What the backends have is told all the same.
      LOG.log(System.Logger.Level.WARNING, "The library cannot be read", e);
    }
    byKey.values().forEach(draft -> draft.guarded = guarded.contains(draft.key));
    assigned("default", assignments.defaultModel());
    Map<String, String> meanings = new HashMap<>();
    assignments.aliases().keySet().forEach(alias -> meanings.put(alias, meaning(alias)));
    meanings.forEach(this::assigned);
    duplicates();
    List<ModelView> views = new ArrayList<>();
    byKey.values().forEach(draft -> views.add(view(draft)));
    meanings.forEach((alias, means) -> views.add(virtual(alias, means)));
    views.sort(Comparator.comparing(ModelView::name));
    return views;
  }

  private void seen(Backend backend, StoredModel model) {
    Draft draft =
        byKey.computeIfAbsent(key(model.name()), key -> new Draft(key, model.name(), model));
    draft.backends.add(backend.name());
    draft.local |= backend.ollama() && !model.remote();
    if (backend.loaded(model.name())) {
      draft.loadedOn.add(backend.name());
    }
  }

  private void rows() {
    sightings = parts.library().sightings();
    untracked = parts.library().allUntracked();
    for (Entry row : parts.library().all()) {
      String byName = row.name().map(ModelName::key).orElse(row.modelId());
      String byId = ModelName.parse(row.modelId()).map(ModelName::key).orElse(row.modelId());
      String key = byKey.containsKey(byName) || !byKey.containsKey(byId) ? byName : byId;
      Draft draft = byKey.computeIfAbsent(key, _ -> new Draft(key, row.shown(), null));
      draft.row = draft.row == null ? row : draft.row;
    }
  }

  private void assigned(String what, String model) {
    Draft draft = model.isEmpty() ? null : byKey.get(key(model));
    if (draft != null) {
      draft.assigned.add(what);
    }
  }

  /// What an alias comes to, whether that is anywhere or not.
  private String meaning(String alias) {
    return switch (Router.plan(new Asked(alias, true), fleet, assignments)) {
      case Plan plan -> plan.model();
      case Refusal no -> no.model().isEmpty() ? alias : no.model();
    };
  }

  private void duplicates() {
    Map<String, Set<String>> byDigest = new HashMap<>();
    byKey
        .values()
        .forEach(draft -> {
          if (!draft.digest().isEmpty()) {
            byDigest.computeIfAbsent(draft.digest(), _ -> new TreeSet<>()).add(draft.name);
          }
        });
    byKey
        .values()
        .forEach(draft -> {
          draft.duplicates.addAll(byDigest.getOrDefault(draft.digest(), Set.of()));
          draft.duplicates.remove(draft.name);
        });
  }

  private ModelView view(Draft draft) {
    ModelView.Row row = draft.row == null ? null : LibraryViews.row(draft.row);
    Sighting sighting = draft.row == null ? null : sightings.get(draft.row.modelId());
    boolean adoptable =
        draft.row == null
            && draft.local
            && !parts.settings().get().adopt().equals("off")
            && !untracked.contains(draft.key);
    long bytes = draft.bytes(sighting);
    return draft.view(
        state(draft, sighting),
        adoptable,
        protectedBy(draft),
        row,
        sighting,
        bytes <= 0 ? null : parts.fits().here(draft.name, draft.digest(), bytes).orElse(null));
  }

  private String protectedBy(Draft draft) {
    if (!draft.guarded) {
      return "";
    }
    boolean locked = ModelName.parse(draft.name).filter(parts.protection()::locked).isPresent();
    return locked ? "config" : "run time";
  }

  private String state(Draft draft, @org.jspecify.annotations.Nullable Sighting sighting) {
    if (!draft.backends.isEmpty()) {
      return "present";
    }
    if (sighting == null) {
      return "missing";
    }
    boolean silent =
        fleet.backends().stream()
            .anyMatch(backend ->
                backend.state() != Backend.State.UP
                    && sighting.backends().contains(backend.name()));
    return silent ? "unreachable" : "gone";
  }

  /// An alias that leads nowhere is shown too, on no backend: that is what an operator looks for.
  private ModelView virtual(String alias, String means) {
    Draft real = byKey.get(key(means));
    if (real == null || real.backends.isEmpty()) {
      return Draft.nowhere(alias, means);
    }
    return real.alias(alias);
  }

  static String key(String name) {
    return ModelName.parse(name).map(ModelName::key).orElse(name);
  }
}
