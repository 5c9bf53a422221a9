package dev.corral.fleet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// All backends as they were at one moment, in the order of their naming.
///
/// @param choice one sentence: where this list comes from
/// @param open those that may be asked: not ourselves, not draining; derived, since every exchange
///   wants them
public record FleetSnapshot(List<Backend> backends, String choice, List<Backend> open) {
  public FleetSnapshot(List<Backend> backends, String choice) {
    this(List.copyOf(backends), choice, asked(backends));
  }

  public Optional<Backend> named(String name) {
    return backends.stream().filter(backend -> backend.name().equals(name)).findFirst();
  }

  private static List<Backend> asked(List<Backend> backends) {
    return backends.stream()
        .filter(backend -> backend.state() != Backend.State.OURSELVES && !backend.draining())
        .toList();
  }

  /// The lowest version that an open Ollama node tells: what a client may count on, whichever node
  /// answers it.
  public Optional<String> oldestOllama() {
    return open().stream()
        .filter(backend -> backend.ollama() && !backend.version().isEmpty())
        .map(Backend::version)
        .min(Comparator.comparing(FleetSnapshot::parts, FleetSnapshot::compare));
  }

  private static List<Integer> parts(String version) {
    List<Integer> parts = new ArrayList<>();
    for (String part : version.split("[^0-9]+", -1)) {
      parts.add(part.isEmpty() || part.length() > 9 ? 0 : Integer.parseInt(part));
    }
    return parts;
  }

  private static int compare(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = Integer.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }
}
