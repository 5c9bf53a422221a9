package dev.corral;

import dev.corral.access.Route;
import dev.corral.assign.Assignments;
import dev.corral.assign.Protection;
import dev.corral.blobs.Store;
import dev.corral.control.CallGroup;
import dev.corral.control.RemovalCalls;
import dev.corral.control.UpkeepCalls;
import dev.corral.door.Visit;
import dev.corral.engine.Engine;
import dev.corral.fleet.Fleet;
import dev.corral.library.Library;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.pull.Pulls;
import dev.corral.upkeep.Caretaker;
import dev.corral.upkeep.Checkup;
import dev.corral.upkeep.Nodes;
import dev.corral.upkeep.PruneSettings;
import dev.corral.upkeep.Pruning;
import dev.corral.upkeep.Removal;
import dev.corral.upkeep.Sizes;
import dev.corral.upkeep.Uses;
import dev.corral.upkeep.Vanishing;
import dev.corral.upkeep.Vanishing.Vanished;
import dev.corral.upkeep.Verification;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/// Upkeep: what removes, verifies and clears away models, with the rooms it asks.
final class Keeping implements AutoCloseable {
  private final Verification verification;
  private final Caretaker caretaker;
  private final List<CallGroup> calls;

  /// @param running requests that a model answers now
  /// @param lately when a model answered, as far as it is not in the library yet
  /// @param came a model is here that was not
  /// @param configured the models that the configuration names, each with what names it
  /// @param notices lines for the operator
  record Parts(
      Store store,
      Engine engine,
      Pulls pulls,
      Fleet fleet,
      Management nodes,
      Supplier<Assignments> assignments,
      ToIntFunction<ModelName> running,
      Function<ModelName, Optional<Instant>> lately,
      Library library,
      Consumer<ModelName> came,
      Protection protection,
      NodePulls nodePulls,
      Supplier<Map<ModelName, String>> configured,
      Supplier<PruneSettings> prune,
      Consumer<Vanished> vanished,
      Consumer<String> notices,
      Clock clock) {
    Optional<Instant> lastUsed(ModelName name) {
      Optional<Instant> tracked =
          library.find(name).flatMap(entry -> Optional.ofNullable(entry.lastUsed()));
      return Stream.concat(tracked.stream(), lately.apply(name).stream())
          .max(Comparator.naturalOrder());
    }

    void isBack(ModelName name) {
      came.accept(name);
      fleet.look(Removal.OWN);
    }
  }

  Keeping(Parts parts) {
    Store store = parts.store();
    Fleet fleet = parts.fleet();
    Uses uses =
        new Uses(
            new Uses.Parts(
                fleet::snapshot,
                parts.assignments(),
                parts.running(),
                parts::lastUsed,
                parts.protection()::protects,
                parts.clock()));
    Nodes nodes = new NodeErrands(parts.nodes(), parts.engine());
    verification = new Verification(store, parts.pulls()::repair, parts.clock());
    Pruning pruning =
        new Pruning(store, fleet, uses, parts.pulls()::all, parts.library()::forget, parts.clock());
    caretaker =
        new Caretaker(
            new Caretaker.Parts(
                store.trash(),
                pruning,
                new Vanishing(
                    fleet::snapshot,
                    parts.protection()::keys,
                    parts.nodePulls()::restore,
                    parts.vanished()),
                parts.nodePulls()::tidyAnchors,
                parts.prune(),
                parts.notices(),
                parts.clock()));
    calls =
        List.of(
            new RemovalCalls(
                new Removal(
                    store,
                    fleet,
                    uses,
                    nodes,
                    parts.nodePulls().anchors(),
                    name -> parts.library().find(name).isPresent(),
                    parts.library()::forget),
                store.trash(),
                parts::isBack),
            new UpkeepCalls(
                new UpkeepCalls.Parts(
                    store,
                    fleet::snapshot,
                    verification,
                    pruning,
                    parts.prune(),
                    new Sizes(store, fleet::snapshot, uses, parts.nodePulls().anchors()),
                    new Checkup(store, fleet::snapshot, parts.configured(), nodes))));
  }

  void start() {
    caretaker.start();
  }

  /// All management calls of upkeep.
  CallGroup calls() {
    return () -> {
      Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
      calls.forEach(group -> visitors.putAll(group.visitors()));
      return visitors;
    };
  }

  @Override
  public void close() {
    caretaker.close();
    verification.close();
  }
}
