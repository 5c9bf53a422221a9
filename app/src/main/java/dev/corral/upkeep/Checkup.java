package dev.corral.upkeep;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Looks whether all that is configured is here, whole, and answers.
public final class Checkup {
  private final Store store;
  private final Supplier<FleetSnapshot> fleet;
  private final Supplier<Map<ModelName, String>> configured;
  private final Nodes nodes;

  /// @param configured the models that the configuration names, each with what names it
  public Checkup(
      Store store,
      Supplier<FleetSnapshot> fleet,
      Supplier<Map<ModelName, String>> configured,
      Nodes nodes) {
    this.store = store;
    this.fleet = fleet;
    this.configured = configured;
    this.nodes = nodes;
  }

  /// What was found about one model.
  ///
  /// @param as what names it: `default`, `alias gpt-4o`
  /// @param on where it lies; empty for nowhere
  /// @param problem what is wrong, a sentence with the way out; empty where all is well
  public record Line(
      ModelName name,
      String as,
      List<String> on,
      boolean here,
      boolean whole,
      boolean answers,
      String problem) {
    public Line {
      on = List.copyOf(on);
    }

    public boolean good() {
      return here && whole && answers;
    }
  }

  /// Asks every model for one token where it lies. Blocking, for as long as loading takes.
  public List<Line> check() {
    List<Line> lines = new ArrayList<>();
    configured.get().forEach((name, as) -> lines.add(check(name, as)));
    return lines;
  }

  private Line check(ModelName name, String as) {
    List<Backend> holders =
        fleet.get().backends().stream()
            .filter(backend -> backend.state() == Backend.State.UP)
            .filter(backend -> backend.holds(name.shortName()))
            .toList();
    List<String> on = holders.stream().map(Backend::name).toList();
    if (holders.isEmpty()) {
      return new Line(
          name,
          as,
          on,
          false,
          false,
          false,
          "no backend that is up has it; fetch it with: corral pull " + name.shortName());
    }
    for (Backend holder : holders) {
      Optional<String> damage = holder.target().isInside() ? damage(name) : Optional.empty();
      if (damage.isPresent()) {
        return new Line(name, as, on, true, false, false, damage.get());
      }
      Optional<String> silent =
          holder.ollama()
              ? nodes.ask(holder, name.shortName(), embeds(holder, name))
              : Optional.empty();
      if (silent.isPresent()) {
        String problem = "'" + holder.name() + "' does not answer with it: " + silent.get();
        return new Line(name, as, on, true, true, false, problem);
      }
    }
    return new Line(name, as, on, true, true, true, "");
  }

  private static boolean embeds(Backend holder, ModelName name) {
    List<String> able =
        holder.find(name.shortName()).map(model -> model.capabilities()).orElse(List.of());
    return able.contains("embedding") && !able.contains("completion");
  }

  private Optional<String> damage(ModelName name) {
    try {
      Optional<StoredModel> model = store.find(name);
      return model.isPresent() && !model.get().whole()
          ? Optional.of("a part is missing; fetch it with: corral verify --repair " + name)
          : Optional.empty();
    } catch (StoreFailure e) {
      return Optional.of(e.text());
    }
  }
}
