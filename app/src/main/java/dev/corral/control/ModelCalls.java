package dev.corral.control;

import dev.corral.access.Route;
import dev.corral.api.ActiveView;
import dev.corral.api.ModelView;
import dev.corral.assign.Assignments;
import dev.corral.assign.Protection;
import dev.corral.door.Visit;
import dev.corral.fleet.Backend;
import dev.corral.library.Library;
import dev.corral.library.Place;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `/manage/models`, `/manage/active` and `/manage/catalog`: what there is, what is tracked,
/// protected and in memory, and what answers those who name none.
public final class ModelCalls implements CallGroup {
  private final LibraryParts parts;

  public ModelCalls(LibraryParts parts) {
    this.parts = parts;
  }

  @Override
  public Map<Route, Visit.Visitor> visitors() {
    Memory memory = new Memory(parts);
    CatalogCalls catalog = new CatalogCalls(parts);
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
    visitors.put(Route.M_MODELS, Calls.calling(_ -> Answer.of(ModelList.of(parts))));
    visitors.put(Route.M_MODEL, Calls.calling(this::one));
    visitors.put(Route.M_MODEL_USE, Calls.calling(question -> use(question.segment())));
    visitors.put(Route.M_MODEL_LOAD, Calls.calling(memory::load));
    visitors.put(Route.M_MODEL_UNLOAD, Calls.calling(memory::unload));
    visitors.put(Route.M_MODEL_PROTECT, Calls.calling(this::protect));
    visitors.put(Route.M_ADOPT, Calls.calling(this::adopt));
    visitors.put(Route.M_ACTIVE, Calls.calling(this::active));
    visitors.put(Route.M_PULL_CHECK, Calls.calling(new Trial(parts)::check));
    visitors.put(Route.M_CATALOG, Calls.calling(catalog::answer));
    return visitors;
  }

  private Answer one(Question question) {
    String name = question.segment();
    return find(name).map(Answer::of).orElseGet(() -> unknown(name));
  }

  /// By its name in any form, by the id of its row, or by an alias.
  private Optional<ModelView> find(String name) {
    String key = ModelList.key(name);
    List<ModelView> all = ModelList.of(parts);
    return all.stream()
        .filter(model -> ModelList.key(model.name()).equals(key))
        .findFirst()
        .or(() ->
            all.stream()
                .filter(model -> model.row() != null && model.row().modelId().equals(name))
                .findFirst());
  }

  static Answer unknown(String name) {
    return Answer.no(
        404,
        "There is no model '" + name + "', neither on a backend nor in the library",
        "Pull it: corral pull " + name + "; see which there are: corral list");
  }

  private Answer active(Question question) {
    return question.method().equals("PUT")
        ? use(question.fields(ActiveView.New.class).textOr("model", ""))
        : Answer.of(LibraryViews.of(parts.active()));
  }

  private Answer use(String asked) {
    String model = asked.strip();
    if (!model.isEmpty() && !answers(model)) {
      return unknown(model);
    }
    parts.active().use(model);
    parts.activeChanged().run();
    return Answer.of(LibraryViews.of(parts.active()));
  }

  /// True where somebody could answer for the name: an alias, or a model that some backend has.
  private boolean answers(String model) {
    Assignments assignments = parts.assignments().get();
    String real = assignments.alias(model).orElse(model);
    String name = real.startsWith("ollama/") ? real.substring("ollama/".length()) : real;
    return parts.fleet().snapshot().backends().stream().anyMatch(backend -> backend.holds(name));
  }

  private Answer protect(Question question) {
    String text = question.segment();
    ModelName name = name(text);
    Protection protection = parts.protection();
    if (question.method().equals("POST")) {
      protection.protect(name);
      return find(text).map(Answer::of).orElseGet(Answer.Done::new);
    }
    return switch (protection.unprotect(name)) {
      case DONE -> find(text).map(Answer::of).orElseGet(Answer.Done::new);
      case WAS_NOT ->
          Answer.no(
              404, "'" + text + "' is not protected", "See: corral list, corral show " + text);
      case LOCKED ->
          Answer.no(
              409,
              "'" + text + "' is protected by the configuration",
              "Take it out of 'protected:' in corral.yaml.");
    };
  }

  private static ModelName name(String text) {
    return ModelName.parse(text)
        .orElseThrow(
            () -> new BadRequest("'" + text + "' is no name of a model", "Write it as NAME:TAG."));
  }

  /// Tracks what a backend has and nobody tracks: those that are named, else all that are offered.
  private Answer adopt(Question question) {
    List<String> wanted = question.fields(ModelView.Adoption.class).words("models");
    Library library = parts.library();
    List<Place.Found> chosen = new ArrayList<>();
    for (String text : wanted) {
      Optional<Place.Found> found = found(name(text));
      if (found.isEmpty()) {
        return unknown(text);
      }
      chosen.add(found.get());
    }
    if (wanted.isEmpty()) {
      ModelList.of(parts).stream()
          .filter(ModelView::adoptable)
          .map(model -> ModelName.parse(model.name()).flatMap(this::found))
          .flatMap(Optional::stream)
          .forEach(chosen::add);
    }
    chosen.forEach(found -> library.record(parts.rows().of(found)));
    List<String> names = chosen.stream().map(found -> found.name().key()).toList();
    return Answer.of(
        ModelList.of(parts).stream()
            .filter(model -> model.virtualFor().isEmpty())
            .filter(model -> names.contains(ModelList.key(model.name())))
            .toList());
  }

  private Optional<Place.Found> found(ModelName name) {
    for (Backend backend : parts.fleet().snapshot().backends()) {
      Optional<StoredModel> stored =
          backend.ollama() && backend.state() == Backend.State.UP
              ? backend.find(name.key()).filter(model -> !model.remote())
              : Optional.empty();
      if (stored.isPresent()) {
        return stored.flatMap(Places::found);
      }
    }
    return Optional.empty();
  }
}
