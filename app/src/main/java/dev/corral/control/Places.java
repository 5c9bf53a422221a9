package dev.corral.control;

import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.library.Place;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The backends as the library looks at them. What a vendor's cloud answers, or a server that is no
/// Ollama, was downloaded by nobody.
public final class Places {
  private Places() {}

  public static List<Place> of(FleetSnapshot fleet) {
    return fleet.backends().stream().filter(Backend::ollama).map(Places::of).toList();
  }

  private static Place of(Backend backend) {
    Map<String, Place.Found> models = new HashMap<>();
    for (StoredModel model : backend.stored()) {
      found(model)
          .filter(found -> !model.remote() && !found.name().hidden())
          .ifPresent(found -> models.put(found.name().key(), found));
    }
    return new Place(backend.name(), backend.state() == Backend.State.UP, models);
  }

  static Optional<Place.Found> found(StoredModel model) {
    return ModelName.parse(model.name())
        .map(name ->
            new Place.Found(
                name,
                model.digest(),
                model.size(),
                model.quantization(),
                model.parameterSize(),
                model.contextLength(),
                model.modifiedAt()));
  }
}
