package dev.corral;

import dev.corral.control.Places;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.library.Place;
import dev.corral.model.ModelName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Models that came and that no listing has shown since. A listing from before tells what the name
/// meant then, so it does not count.
final class Arrivals {
  /// What does not show in a listing so long after it came did not come.
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Map<ModelName, Instant> awaited = new ConcurrentHashMap<>();

  /// A model that is there.
  ///
  /// @param name as it was when it came
  /// @param found as a backend lists it
  record Arrival(ModelName name, Place.Found found, Instant at) {}

  void came(ModelName name, Instant at) {
    awaited.put(name, at);
  }

  boolean none() {
    return awaited.isEmpty();
  }

  /// Those that show by now; they stay awaited until they are [written][#written]. What waited too
  /// long is not awaited any longer.
  List<Arrival> shown(FleetSnapshot fleet, Instant now) {
    List<Arrival> shown = new ArrayList<>();
    awaited.forEach((name, at) -> {
      Optional<Place.Found> found = found(fleet, name, at);
      found.ifPresent(here -> shown.add(new Arrival(name, here, at)));
      if (found.isEmpty() && at.plus(PATIENCE).isBefore(now)) {
        awaited.remove(name, at);
      }
    });
    return shown;
  }

  /// It came into the library; where it came once more meanwhile, that is still awaited.
  void written(Arrival one) {
    awaited.remove(one.name(), one.at());
  }

  private static Optional<Place.Found> found(FleetSnapshot fleet, ModelName name, Instant since) {
    List<Backend> looked =
        fleet.backends().stream().filter(backend -> !before(backend.checkedAt(), since)).toList();
    return Places.of(new FleetSnapshot(looked, fleet.choice())).stream()
        .filter(Place::up)
        .map(place -> place.find(name))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static boolean before(@Nullable Instant looked, Instant since) {
    return looked == null || looked.isBefore(since);
  }
}
