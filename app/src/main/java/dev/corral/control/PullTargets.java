package dev.corral.control;

import dev.corral.fleet.Backend;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.model.ModelName;
import dev.corral.model.PastedName;
import dev.corral.pull.Pulls;
import java.util.List;
import java.util.function.Supplier;

/// Where pulls go: what somebody wrote for `on`, as targets of jobs.
public final class PullTargets {
  /// In place of a backend's name.
  static final String ALL = "all";

  private final Supplier<FleetSnapshot> fleet;

  public PullTargets(Supplier<FleetSnapshot> fleet) {
    this.fleet = fleet;
  }

  /// @param on a backend's name, [#ALL], or empty
  /// @return names of backends; [Pulls#OWN] for our own store
  public List<String> of(ModelName name, String on) {
    if (on.equals(ALL)) {
      return everywhere();
    }
    return List.of(on.isEmpty() ? first(name) : known(on));
  }

  /// What somebody wrote or pasted as the model to fetch.
  static ModelName name(String text) {
    ModelName name =
        switch (PastedName.read(text)) {
          case PastedName.Meant meant -> meant.name();
          case PastedName.Wrong wrong -> throw new BadRequest(wrong.why(), wrong.next());
        };
    if (name.cloud()) {
      throw new BadRequest(
          "'" + text + "' runs in a vendor's cloud and cannot be fetched", "Choose another tag.");
    }
    return name;
  }

  /// Every node, and our own store where it answers; our own alone where there is none.
  private List<String> everywhere() {
    List<String> nodes = nodes().stream().map(PullTargets::target).toList();
    return nodes.isEmpty() ? List.of(Pulls.OWN) : nodes;
  }

  /// Where `POST /api/pull` would go: to who holds it, else to the first that is up.
  private String first(ModelName name) {
    List<Backend> nodes = nodes();
    return nodes.stream()
        .filter(node -> node.holds(name.shortName()))
        .findFirst()
        .or(() -> nodes.stream().filter(node -> node.state() == Backend.State.UP).findFirst())
        .or(() -> nodes.stream().findFirst())
        .map(PullTargets::target)
        .orElse(Pulls.OWN);
  }

  private List<Backend> nodes() {
    return fleet.get().open().stream().filter(Backend::ollama).toList();
  }

  private static String target(Backend node) {
    return node.target().isInside() ? Pulls.OWN : node.name();
  }

  private String known(String on) {
    if (on.equals(Pulls.OWN)) {
      return on;
    }
    Backend backend =
        fleet
            .get()
            .named(on)
            .orElseThrow(() ->
                BadRequest.noSuch(
                    "There is no backend '" + on + "'", "See them: corral backends list"));
    if (!backend.ollama()) {
      throw new BadRequest(
          "The backend '" + on + "' speaks OpenAI's API, which has no pull",
          "Fetch the model there by its own means.");
    }
    return target(backend);
  }
}
