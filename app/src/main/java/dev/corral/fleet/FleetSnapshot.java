package dev.corral.fleet;

import java.util.List;
import java.util.Optional;

/// All backends as they were at one moment, in the order of their naming.
///
/// @param choice one sentence: where this list comes from
public record FleetSnapshot(List<Backend> backends, String choice) {
  public FleetSnapshot {
    backends = List.copyOf(backends);
  }

  public Optional<Backend> named(String name) {
    return backends.stream().filter(backend -> backend.name().equals(name)).findFirst();
  }

  /// Those that may be asked: not ourselves, not draining.
  public List<Backend> open() {
    return backends.stream()
        .filter(backend -> backend.state() != Backend.State.OURSELVES && !backend.draining())
        .toList();
  }
}
