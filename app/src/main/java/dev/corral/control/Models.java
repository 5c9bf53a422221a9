package dev.corral.control;

import dev.corral.api.ModelView;
import dev.corral.assign.Assignments;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import dev.corral.route.Asked;
import dev.corral.route.Plan;
import dev.corral.route.Refusal;
import dev.corral.route.Router;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One list of models over all backends that are up, with aliases as entries of their own.
final class Models {
  private Models() {}

  static List<ModelView> merged(FleetSnapshot fleet, Assignments assignments) {
    Map<String, ModelView> byName = new LinkedHashMap<>();
    for (Backend backend : fleet.backends()) {
      if (backend.state() == Backend.State.UP) {
        for (StoredModel model : backend.stored()) {
          byName.merge(key(model.name()), view(backend, model), Models::both);
        }
      }
    }
    List<ModelView> models = new ArrayList<>(byName.values());
    assignments
        .aliases()
        .keySet()
        .forEach(alias -> models.add(virtual(alias, fleet, assignments, byName)));
    models.sort(Comparator.comparing(ModelView::name));
    return models;
  }

  private static String key(String name) {
    return ModelName.parse(name).map(ModelName::key).orElse(name);
  }

  private static ModelView view(Backend backend, StoredModel model) {
    return new ModelView(
        model.name(),
        model.digest(),
        model.size(),
        model.family(),
        model.parameterSize(),
        model.quantization(),
        model.contextLength(),
        model.capabilities(),
        List.of(backend.name()),
        backend.loaded(model.name()) ? List.of(backend.name()) : List.of(),
        "",
        model.modifiedAt());
  }

  /// The first backend that holds a model tells what it is; all of them where it lies.
  private static ModelView both(ModelView first, ModelView second) {
    return copy(
        first,
        first.name(),
        joined(first.backends(), second.backends()),
        joined(first.loadedOn(), second.loadedOn()),
        "");
  }

  /// An alias that leads nowhere is shown too, on no backend: that is what an operator looks for.
  private static ModelView virtual(
      String alias, FleetSnapshot fleet, Assignments assignments, Map<String, ModelView> byName) {
    String means =
        switch (Router.plan(new Asked(alias, true), fleet, assignments)) {
          case Plan plan -> plan.model();
          case Refusal no -> no.model().isEmpty() ? alias : no.model();
        };
    @Nullable ModelView real = byName.get(key(means));
    return real == null
        ? new ModelView(
            alias, "", 0, "", "", "", null, List.of(), List.of(), List.of(), means, null)
        : copy(real, alias, real.backends(), real.loadedOn(), real.name());
  }

  private static ModelView copy(
      ModelView model,
      String name,
      List<String> backends,
      List<String> loadedOn,
      String virtualFor) {
    return new ModelView(
        name,
        model.digest(),
        model.size(),
        model.family(),
        model.parameterSize(),
        model.quantization(),
        model.contextLength(),
        model.capabilities(),
        backends,
        loadedOn,
        virtualFor,
        model.modifiedAt());
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }
}
