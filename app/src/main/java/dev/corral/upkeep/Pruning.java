package dev.corral.upkeep;

import dev.corral.blobs.Footprint;
import dev.corral.blobs.Housekeeping;
import dev.corral.blobs.Origin;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.fleet.Fleet;
import dev.corral.model.Digest;
import dev.corral.model.ModelName;
import dev.corral.pull.Pull;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Clears our own store away: models that nobody used for long go to the trash, blobs that nobody
/// mentions go for good. Never what is protected, assigned, loaded or answering, and never what
/// lies with others.
public final class Pruning {
  /// A blob that nobody mentions may belong to a pull of another Corral, or to a create whose
  /// client is still sending.
  private static final Duration ORPHAN_AGE = Duration.ofHours(24);

  private final Store store;
  private final Fleet fleet;
  private final Uses uses;
  private final Supplier<List<Pull>> pulls;
  private final Consumer<ModelName> forget;
  private final InstantSource clock;

  /// @param forget stops tracking a model
  public Pruning(
      Store store,
      Fleet fleet,
      Uses uses,
      Supplier<List<Pull>> pulls,
      Consumer<ModelName> forget,
      InstantSource clock) {
    this.store = store;
    this.fleet = fleet;
    this.uses = uses;
    this.pulls = pulls;
    this.forget = forget;
    this.clock = clock;
  }

  /// @param unusedFor empty: only what [#keepFree()] asks for
  /// @param keepFree bytes that shall be free, or come free when the trash is emptied; 0 for none
  /// @param really false only tells what would go
  public record Wanted(Optional<Duration> unusedFor, long keepFree, boolean really) {}

  /// A model that goes.
  ///
  /// @param unusedSince its last use, or when it came
  public record Gone(ModelName name, Instant unusedSince, long bytes) {}

  /// What went, or would.
  public record Pruned(List<Gone> models, Housekeeping.Orphans orphans) {
    public Pruned {
      models = List.copyOf(models);
    }
  }

  /// Does it, or tells what would be done. Blocking.
  public Pruned prune(Wanted wanted) throws StoreFailure {
    List<Gone> gone = new ArrayList<>();
    long free = store.space().freeBytes() + store.trash().bytes();
    Instant now = clock.instant();
    for (Gone one : candidates()) {
      boolean old =
          wanted
              .unusedFor()
              .filter(span -> one.unusedSince().isBefore(now.minus(span)))
              .isPresent();
      if (old || free < wanted.keepFree()) {
        free += one.bytes();
        gone.add(one);
      }
    }
    if (wanted.really()) {
      for (Gone one : List.copyOf(gone)) {
        if (!remove(one.name())) {
          gone.remove(one);
        }
      }
    }
    Set<Digest> needed = needed();
    Housekeeping.Orphans orphans =
        store
            .housekeeping()
            .removeOrphans(now.minus(ORPHAN_AGE), needed::contains, wanted.really());
    if (wanted.really() && !gone.isEmpty()) {
      fleet.look(Removal.OWN);
    }
    return new Pruned(gone, orphans);
  }

  /// What was not used for the longest time first.
  private List<Gone> candidates() throws StoreFailure {
    Map<ModelName, Instant> came = new HashMap<>();
    for (StoredModel model : store.list()) {
      came.put(model.name(), model.modifiedAt());
    }
    List<Gone> candidates = new ArrayList<>();
    for (Footprint one : store.housekeeping().footprints()) {
      if (one.origin() == Origin.OWN && free(one.name())) {
        Instant since = came.getOrDefault(one.name(), Instant.MAX);
        Instant used = uses.lastUsed(one.name()).orElse(since);
        candidates.add(new Gone(one.name(), used.isAfter(since) ? used : since, one.laterBytes()));
      }
    }
    candidates.sort(Comparator.comparing(Gone::unusedSince));
    return candidates;
  }

  private boolean free(ModelName name) {
    return !uses.isProtected(name) && uses.of(name).stream().noneMatch(Use::holds);
  }

  /// Looked at once more, since hours may lie between the first look and the last removal.
  private boolean remove(ModelName name) throws StoreFailure {
    boolean gone =
        free(name) && (store.trash().on() ? store.trash().take(name) : store.delete(name));
    if (gone) {
      forget.accept(name);
    }
    return gone;
  }

  private Set<Digest> needed() {
    Set<Digest> needed = new HashSet<>();
    for (Pull pull : pulls.get()) {
      if (!pull.state().ended()) {
        pull.blobs().forEach(blob -> needed.add(blob.digest()));
      }
    }
    return needed;
  }
}
