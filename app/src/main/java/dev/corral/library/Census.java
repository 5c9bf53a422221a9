package dev.corral.library;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares what is tracked with what the backends have now. Pure.
final class Census {
  private Census() {}

  /// What changed since the sightings before; those of models that were never seen do not exist.
  static List<Sighting> changes(
      List<Entry> rows, Map<String, Sighting> before, List<Place> places, Instant now) {
    List<Sighting> changed = new ArrayList<>();
    for (Entry row : rows) {
      @Nullable Sighting was = before.get(row.modelId());
      look(row, was, places, now).filter(is -> !is.equals(was)).ifPresent(changed::add);
    }
    return changed;
  }

  private static Optional<Sighting> look(
      Entry row, @Nullable Sighting was, List<Place> places, Instant now) {
    Set<String> backends = new HashSet<>();
    Place.@Nullable Found found = null;
    for (Place place : places) {
      Optional<Place.Found> here = row.name().flatMap(place::find);
      boolean had = was != null && was.backends().contains(place.backend());
      if (place.up() ? here.isPresent() : had) {
        backends.add(place.backend());
      }
      if (found == null && place.up()) {
        found = here.orElse(null);
      }
    }
    if (found == null) {
      return Optional.ofNullable(was).map(seen -> lost(seen, backends, now));
    }
    boolean same = was != null && was.goneAt() == null && was.digest().equals(found.digest());
    Instant since = same && was != null ? was.seenAt() : now;
    return Optional.of(
        new Sighting(row.modelId(), found.digest(), found.size(), since, null, backends));
  }

  private static Sighting lost(Sighting was, Set<String> backends, Instant now) {
    @Nullable Instant gone = !backends.isEmpty() ? null : was.goneAt() == null ? now : was.goneAt();
    return new Sighting(was.modelId(), was.digest(), was.sizeBytes(), was.seenAt(), gone, backends);
  }
}
