package dev.corral.upkeep;

import dev.corral.blobs.Footprint;
import dev.corral.blobs.Origin;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.Trash;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.model.ModelName;
import dev.corral.ollama.StoredModel;
import dev.corral.revision.Anchors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Removes a model wherever it lies: in our own store through the trash, on Ollama nodes, which
/// have none, for good. Never a protected one.
public final class Removal {
  /// Our own store among the places.
  public static final String OWN = "own";

  private final Store store;
  private final Fleet fleet;
  private final Uses uses;
  private final Nodes nodes;
  private final Anchors anchors;
  private final Predicate<ModelName> tracked;
  private final Predicate<ModelName> forget;

  /// @param anchors of what names meant before; those of a model that goes for good go with it
  /// @param tracked true where the library knows a model, wherever it lies
  /// @param forget stops tracking a model; false where it was not tracked
  public Removal(
      Store store,
      Fleet fleet,
      Uses uses,
      Nodes nodes,
      Anchors anchors,
      Predicate<ModelName> tracked,
      Predicate<ModelName> forget) {
    this.store = store;
    this.fleet = fleet;
    this.uses = uses;
    this.nodes = nodes;
    this.anchors = anchors;
    this.tracked = tracked;
    this.forget = forget;
  }

  /// @param weights false only stops tracking the model
  /// @param now past the trash
  /// @param force although it is in use
  /// @param really false only tells what would be done
  public record Wanted(
      ModelName name, boolean weights, boolean now, boolean force, boolean really) {}

  /// Where a model is removed.
  ///
  /// @param trash true where it can come back
  /// @param bytesNow that come free at once; on a node the most that it may be
  /// @param bytesLater that come free when the trash is emptied
  public record Place(String backend, boolean trash, long bytesNow, long bytesLater) {}

  /// What came of it.
  public sealed interface Outcome {
    /// @param goesAt when the trash lets go of it; empty where it is not there
    record Done(
        ModelName name,
        boolean really,
        List<Place> places,
        List<Use> uses,
        Optional<Instant> goesAt)
        implements Outcome {
      public Done {
        places = List.copyOf(places);
        uses = List.copyOf(uses);
      }
    }

    record No(Why kind, String why, String next) implements Outcome {}
  }

  /// Why not.
  public enum Why {
    PROTECTED,
    IN_USE,
    UNKNOWN,
    READ_ONLY,
    FAILED
  }

  /// Does it, or says why not. Blocking.
  public Outcome remove(Wanted wanted) {
    ModelName name = wanted.name();
    if (uses.isProtected(name)) {
      return guarded(name);
    }
    List<Use> used = uses.of(name);
    try {
      if (!wanted.weights()) {
        return untracked(wanted, used);
      }
      List<Spot> spots = spots(wanted);
      if (spots.isEmpty()) {
        Outcome no = elsewhere(name);
        boolean nowhere = no instanceof Outcome.No(Why kind, _, _) && kind == Why.UNKNOWN;
        // What is tracked and lies nowhere goes with its row.
        boolean row = nowhere && (wanted.really() ? forget.test(name) : tracked.test(name));
        return row ? done(wanted, spots, used) : no;
      }
      if (!wanted.force() && used.stream().anyMatch(Use::holds)) {
        return inUse(name, used);
      }
      return wanted.really() ? removed(wanted, spots, used) : done(wanted, spots, used);
    } catch (StoreFailure e) {
      return failed(e);
    }
  }

  private static Outcome failed(StoreFailure e) {
    Why why = e.kind() == StoreFailure.Kind.READ_ONLY ? Why.READ_ONLY : Why.FAILED;
    return new Outcome.No(why, e.text(), "");
  }

  /// The refusal of what is protected, wherever it is asked.
  public static Outcome.No guarded(ModelName name) {
    return new Outcome.No(
        Why.PROTECTED,
        "'" + name.shortName() + "' is protected",
        "If it may go: corral unprotect "
            + name.shortName()
            + " (or take it out of 'protected:' in corral.yaml)");
  }

  private static Outcome inUse(ModelName name, List<Use> used) {
    List<String> why = used.stream().filter(Use::holds).map(Use::text).toList();
    return new Outcome.No(
        Why.IN_USE,
        "'" + name.shortName() + "' is in use: " + String.join("; ", why),
        (used.getFirst().kind() == Use.Kind.ASSIGNED
                ? "Assign another model first"
                : "Unload it first: corral stop " + name.shortName())
            + "; or: corral rm "
            + name.shortName()
            + " --force");
  }

  private Outcome untracked(Wanted wanted, List<Use> used) throws StoreFailure {
    boolean known = !spots(wanted).isEmpty() || store.find(wanted.name()).isPresent();
    boolean tracked = wanted.really() && forget.test(wanted.name());
    return known || tracked || !wanted.really()
        ? new Outcome.Done(wanted.name(), wanted.really(), List.of(), used, Optional.empty())
        : unknown(wanted.name());
  }

  private static Outcome unknown(ModelName name) {
    return new Outcome.No(
        Why.UNKNOWN,
        "model '" + name.shortName() + "' not found",
        "What there is: corral list; what was deleted lately: corral trash list");
  }

  /// It is not where we may delete: in a folder that is only read, or on a node that is away.
  private Outcome elsewhere(ModelName name) throws StoreFailure {
    if (store.find(name).isPresent()) {
      boolean _ = store.delete(name); // which refuses, with the reason
    }
    return fleet.snapshot().backends().stream()
        .filter(backend -> backend.holds(name.shortName()))
        .findFirst()
        .<Outcome>map(backend ->
            new Outcome.No(
                Why.FAILED,
                "'"
                    + name.shortName()
                    + "' lies on '"
                    + backend.name()
                    + "', which "
                    + (backend.ollama() ? "is not reachable now" : "lets nobody delete its models"),
                "See: corral backends list"))
        .orElseGet(() -> unknown(name));
  }

  private record Spot(Place place, Optional<Backend> node) {}

  private List<Spot> spots(Wanted wanted) throws StoreFailure {
    List<Spot> spots = new ArrayList<>();
    own(wanted).ifPresent(place -> spots.add(new Spot(place, Optional.empty())));
    for (Backend backend : fleet.snapshot().backends()) {
      boolean asked = backend.ollama() && backend.state() == Backend.State.UP;
      if (asked && !backend.target().isInside()) {
        backend
            .find(wanted.name().shortName())
            .ifPresent(model ->
                spots.add(
                    new Spot(
                        new Place(backend.name(), false, alone(backend, model), 0),
                        Optional.of(backend))));
      }
    }
    return spots;
  }

  private Optional<Place> own(Wanted wanted) throws StoreFailure {
    Optional<Footprint> found =
        store.housekeeping().footprints().stream()
            .filter(one -> one.origin() == Origin.OWN)
            .filter(one -> one.name().key().equals(wanted.name().key()))
            .findFirst();
    boolean trash = !wanted.now() && store.trash().on();
    return found.map(
        one -> new Place(OWN, trash, trash ? 0 : now(wanted, one), trash ? one.laterBytes() : 0));
  }

  /// Past the trash nothing is kept for an undo either.
  private long now(Wanted wanted, Footprint one) {
    return wanted.now()
        ? anchors.freesWith(OWN, wanted.name()).orElse(one.aloneBytes())
        : one.aloneBytes();
  }

  /// A second name of the same model gives nothing back; what else a node shares it does not tell.
  private static long alone(Backend node, StoredModel model) {
    long same =
        node.stored().stream().filter(other -> other.digest().equals(model.digest())).count();
    return same > 1 && !model.digest().isEmpty() ? 0 : model.size();
  }

  private Outcome removed(Wanted wanted, List<Spot> spots, List<Use> used) throws StoreFailure {
    List<Spot> gone = new ArrayList<>();
    for (Spot spot : spots) {
      Optional<String> failure = removeAt(spot, wanted.name());
      if (failure.isPresent()) {
        String before =
            gone.isEmpty() ? "" : " It is gone from '" + gone.getLast().place().backend() + "'.";
        return new Outcome.No(
            Why.FAILED,
            "'"
                + wanted.name().shortName()
                + "' could not be deleted on '"
                + spot.place().backend()
                + "': "
                + failure.get()
                + "."
                + before,
            "See: corral backends list");
      }
      gone.add(spot);
      if (wanted.now()) {
        anchors.dropAll(spot.place().backend(), wanted.name());
      }
      fleet.look(spot.place().backend());
    }
    boolean _ = forget.test(wanted.name());
    return done(wanted, gone, used);
  }

  private Optional<String> removeAt(Spot spot, ModelName name) throws StoreFailure {
    if (spot.node().isPresent()) {
      return nodes.delete(spot.node().get(), name.shortName());
    }
    nodes.unload(name);
    boolean was = spot.place().trash() ? store.trash().take(name) : store.delete(name);
    return was ? Optional.empty() : Optional.of("somebody else has just removed it");
  }

  private Outcome done(Wanted wanted, List<Spot> spots, List<Use> used) throws StoreFailure {
    Optional<Instant> goesAt = Optional.empty();
    if (wanted.really()) {
      goesAt =
          store.trash().items().stream()
              .filter(item -> item.name().key().equals(wanted.name().key()))
              .map(Trash.Item::goesAt)
              .findFirst();
    }
    return new Outcome.Done(
        wanted.name(), wanted.really(), spots.stream().map(Spot::place).toList(), used, goesAt);
  }
}
