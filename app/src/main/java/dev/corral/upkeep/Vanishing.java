package dev.corral.upkeep;

import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Notices protected models that somebody removed from a node past us, says so, and brings them
/// back where we hold what that takes. For one thread.
public final class Vanishing {
  private final Supplier<FleetSnapshot> fleet;
  private final Supplier<Set<String>> keys;
  private final BiFunction<Backend, ModelName, Restoring> restore;
  private final Consumer<Vanished> events;
  private final Map<String, Map<String, ModelName>> seen = new HashMap<>();

  /// @param keys those of the protected models, see [ModelName#key()]
  /// @param restore brings a model back to a node; may block
  public Vanishing(
      Supplier<FleetSnapshot> fleet,
      Supplier<Set<String>> keys,
      BiFunction<Backend, ModelName, Restoring> restore,
      Consumer<Vanished> events) {
    this.fleet = fleet;
    this.keys = keys;
    this.restore = restore;
    this.events = events;
  }

  /// What came of an attempt to bring a model back.
  public sealed interface Restoring {
    record Back() implements Restoring {}

    /// Nothing is held from which it could come.
    record Nothing() implements Restoring {}

    record Failed(String why) implements Restoring {}
  }

  /// A protected model is gone from a node.
  public record Vanished(String backend, ModelName name, Restoring restoring) {
    /// For the operator: what, and what to do.
    public String sentence() {
      String gone =
          "the protected model '"
              + name.shortName()
              + "' was removed from '"
              + backend
              + "' past Corral";
      return switch (restoring) {
        case Restoring.Back _ -> gone + "; it was brought back from its anchor";
        case Restoring.Nothing _ ->
            gone + ". Fetch it again: corral pull " + name.shortName() + " --on " + backend;
        case Restoring.Failed failed ->
            gone
                + ", and could not be brought back ("
                + failed.why()
                + "). Fetch it again: corral pull "
                + name.shortName()
                + " --on "
                + backend;
      };
    }
  }

  /// Compares what the nodes hold with the last look.
  public void look() {
    Set<String> guarded = keys.get();
    for (Backend backend : fleet.get().backends()) {
      boolean looked = backend.ollama() && backend.state() == Backend.State.UP;
      if (looked && !backend.target().isInside()) {
        look(backend, guarded);
      }
    }
    Set<String> there = new HashSet<>();
    fleet.get().backends().forEach(backend -> there.add(backend.name()));
    seen.keySet().retainAll(there);
  }

  private void look(Backend backend, Set<String> guarded) {
    Map<String, ModelName> now = new HashMap<>();
    backend
        .stored()
        .forEach(model ->
            ModelName.parse(model.name())
                .filter(name -> guarded.contains(name.key()))
                .ifPresent(name -> now.put(name.key(), name)));
    Map<String, ModelName> before = Optional.ofNullable(seen.put(backend.name(), now)).orElse(now);
    before.forEach((key, name) -> {
      if (!now.containsKey(key) && guarded.contains(key)) {
        events.accept(new Vanished(backend.name(), name, restore.apply(backend, name)));
      }
    });
  }
}
