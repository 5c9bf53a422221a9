package dev.corral.revision;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.corral.blobs.Links;
import dev.corral.blobs.StoreFailure;
import dev.corral.db.Database;
import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Keeps what a name meant before it is pulled anew, and brings it back: one step, without a
/// network. Anchors are hidden from every listing, bounded in number and bytes, and go first where
/// a pull needs room. Threads share it; all of it blocks, and nobody waits for another one's call
/// to a node.
public final class Anchors {
  private static final System.Logger LOG = System.getLogger(Anchors.class.getName());

  /// The target that is our own store.
  private static final String OWN = "own";

  /// Enough of a hash to tell names and manifests apart.
  private static final int NAME_DIGITS = 16;

  private static final int DIGEST_DIGITS = 12;

  private final AnchorTable table;
  private final Function<String, Optional<Site>> sites;
  private final Supplier<Bound> bound;
  private final InstantSource clock;

  /// Tells our links in a folder from those of others.
  private final String owner;

  /// Anchors that somebody makes, brings back or drops in this moment.
  private final Set<String> held = ConcurrentHashMap.newKeySet();

  /// As they are now, for readers that must not wait.
  private volatile List<Anchor> all;

  /// How much may be kept.
  ///
  /// @param diskBytes of our own store's disk; 0 where nobody knows
  public record Bound(ChangeSettings settings, long diskBytes) {}

  /// @param store tells our own store from those of other instances that share the database
  /// @param sites by the target of a pull
  public Anchors(
      Database database,
      String store,
      Function<String, Optional<Site>> sites,
      Supplier<Bound> bound,
      InstantSource clock) {
    this.table = new AnchorTable(database, store);
    this.sites = sites;
    this.bound = bound;
    this.clock = clock;
    this.owner = table.owner();
    this.all = table.all();
  }

  /// In this order, so that what is shown is never older than what was shown.
  private synchronized void reload() {
    all = table.all();
  }

  /// Work on an anchor by one thread at a time; whoever comes second does without.
  private <T> T alone(Anchor anchor, T otherwise, Supplier<T> work) {
    String key = anchor.target() + " " + anchor.hidden().key();
    if (!held.add(key)) {
      return otherwise;
    }
    try {
      return work.get();
    } finally {
      held.remove(key);
    }
  }

  private Optional<Links> links(String target) {
    return sites.apply(target).flatMap(site -> site.links(owner));
  }

  /// The oldest first; answers at once.
  public List<Anchor> list() {
    return all;
  }

  /// The public name behind a hidden one; answers at once.
  public Optional<ModelName> meant(String hidden) {
    return ModelName.parse(hidden)
        .flatMap(name ->
            all.stream().filter(anchor -> anchor.hidden().key().equals(name.key())).findFirst())
        .map(Anchor::model);
  }

  /// Anchors what a name means at a target now.
  ///
  /// @return empty where it means nothing, or could not be kept
  public Optional<Anchor> keep(String target, ModelName name) {
    return keep(target, name, Optional.empty());
  }

  /// The same where the name is about to mean something; nothing is kept where it means that
  /// already.
  public Optional<Anchor> keepUnless(String target, ModelName name, Digest next) {
    return keep(target, name, Optional.of(next));
  }

  private Optional<Anchor> keep(String target, ModelName name, Optional<Digest> next) {
    Optional<Site> site = sites.apply(target);
    Optional<Site.Held> now = site.flatMap(there -> there.held(name));
    boolean same = now.isPresent() && next.equals(now.map(Site.Held::digest));
    if (now.isEmpty() || same || bound.get().settings().keep() == 0) {
      return Optional.empty();
    }
    Anchor anchor = anchor(target, name, now.get());
    return alone(anchor, Optional.empty(), () -> made(site.get(), anchor));
  }

  private Anchor anchor(String target, ModelName name, Site.Held now) {
    return new Anchor(
        target,
        name,
        hidden(name, now.digest()),
        now.digest(),
        now.bytes(),
        now.manifest(),
        blobs(now.manifest()),
        clock.instant());
  }

  /// Known first: what a kill leaves of it is known too, and goes with it.
  private Optional<Anchor> made(Site site, Anchor anchor) {
    boolean before =
        at(anchor.target()).stream().anyMatch(one -> one.hidden().equals(anchor.hidden()));
    table.add(anchor);
    reload();
    boolean _ = link(site, anchor);
    if (site.copy(anchor.model(), anchor.hidden())) {
      enforce(anchor.target());
      return Optional.of(anchor);
    }
    if (!before) {
      boolean _ = site.links(owner).map(links -> links.remove(anchor.id())).orElse(true);
      forget(anchor);
    }
    return Optional.empty();
  }

  private boolean link(Site site, Anchor anchor) {
    List<Layer> layers = anchor.layers();
    return !layers.isEmpty()
        && site.links(owner).filter(links -> links.keep(anchor.id(), layers)).isPresent();
  }

  private void forget(Anchor anchor) {
    table.remove(anchor);
    reload();
  }

  /// A name on its way into a tag: 80 characters, no second colon.
  private static ModelName hidden(ModelName name, Digest digest) {
    String which = Digest.of(name.key().getBytes(StandardCharsets.UTF_8)).hex();
    String tag = which.substring(0, NAME_DIGITS) + "-" + digest.hex().substring(0, DIGEST_DIGITS);
    return ModelName.anchor(tag);
  }

  private static List<Digest> blobs(String manifest) {
    return Anchor.layers(manifest).stream().map(Layer::digest).distinct().toList();
  }

  /// The newest anchor of a name at a target.
  public Optional<Anchor> newest(String target, ModelName name) {
    return all.reversed().stream().filter(anchor -> anchor.means(target, name)).findFirst();
  }

  /// Lets the name mean again what it meant; blobs that somebody removed come back first, where we
  /// have links to them. The anchor stays.
  public Undone bringBack(Anchor anchor) {
    Optional<Site> site = sites.apply(anchor.target());
    if (site.isEmpty()) {
      return new Undone.Not("there is no '" + anchor.target() + "' any more");
    }
    return alone(
        anchor,
        new Undone.Not("its anchor is just being made or removed"),
        () -> broughtBack(site.get(), anchor));
  }

  private Undone broughtBack(Site site, Anchor anchor) {
    Optional<String> lacking = putBack(site, anchor);
    if (lacking.isPresent()) {
      return new Undone.Not(lacking.get());
    }
    boolean back =
        site.copy(anchor.hidden(), anchor.model())
            || (!anchor.manifest().isEmpty() && site.publish(anchor.model(), anchor.manifest()));
    return back ? new Undone.Back() : new Undone.Not("its anchor is gone too");
  }

  /// @return why not all its blobs are there; empty where they are, or nobody can see
  private Optional<String> putBack(Site site, Anchor anchor) {
    Optional<Links> links = site.links(owner);
    try {
      return links.isEmpty() ? Optional.empty() : links.get().putBack(anchor.layers());
    } catch (StoreFailure e) {
      return Optional.of(e.text());
    }
  }

  /// What a name means at a target now.
  public Optional<Digest> meaning(String target, ModelName name) {
    return sites.apply(target).flatMap(site -> site.held(name)).map(Site.Held::digest);
  }

  /// Takes an anchor away; what only it used goes. One that cannot be taken away stays known.
  ///
  /// @return the bytes that came free, those of all its blobs where its folder cannot be read;
  ///   empty where it is not gone
  public OptionalLong drop(Anchor anchor) {
    return alone(anchor, OptionalLong.empty(), () -> dropped(anchor));
  }

  private OptionalLong dropped(Anchor anchor) {
    Optional<Site> site = sites.apply(anchor.target());
    long frees = frees(anchor.target(), List.of(anchor), false).orElse(anchor.bytes());
    boolean gone =
        site.isPresent()
            && site.get().remove(anchor.hidden())
            && site.get().links(owner).map(links -> links.remove(anchor.id())).orElse(true);
    if (!gone) {
      return OptionalLong.empty();
    }
    forget(anchor);
    return OptionalLong.of(frees);
  }

  /// Drops all anchors of a name at a target.
  public void dropAll(String target, ModelName name) {
    for (Anchor anchor : at(target)) {
      if (anchor.means(target, name)) {
        OptionalLong _ = drop(anchor);
      }
    }
  }

  /// Whether dropping anchors, and emptying the trash, could give so many bytes; true where nobody
  /// can tell.
  public boolean couldFree(String target, long bytes) {
    List<Anchor> here = at(target);
    return !here.isEmpty() && frees(target, here, true).orElse(Long.MAX_VALUE) >= bytes;
  }

  /// Drops the oldest anchors of a target until so many bytes came free, all of them where need be:
  /// a pull that somebody wants goes before an undo that nobody has asked for. What two anchors
  /// share comes free with the second; what the trash has too, with that.
  ///
  /// @return how many were dropped
  public int dropOldest(String target, long bytesNeeded) {
    long bytes = 0;
    int dropped = 0;
    for (Anchor anchor : at(target)) {
      if (bytes >= bytesNeeded) {
        break;
      }
      OptionalLong freed = drop(anchor);
      if (freed.isPresent()) {
        bytes += freed.getAsLong();
        dropped++;
        LOG.log(
            System.Logger.Level.INFO,
            "what {0} meant before is let go of, since a pull needs the room: {1} came free",
            anchor.model().shortName(),
            new Bytes(freed.getAsLong()));
      }
    }
    return dropped;
  }

  private List<Anchor> at(String target) {
    return all.stream().filter(anchor -> anchor.target().equals(target)).toList();
  }

  /// Within the bounds, but never without the one that an undo of a name needs: its newest.
  private void enforce(String target) {
    Set<String> newest = new HashSet<>();
    List<Anchor> older = new ArrayList<>();
    for (Anchor anchor : at(target).reversed()) {
      if (!newest.add(anchor.model().key())) {
        older.addFirst(anchor);
      }
    }
    for (Anchor anchor : older) {
      if (within(target)) {
        return;
      }
      OptionalLong _ = drop(anchor);
    }
  }

  /// What anchors share with models that are there costs nothing, and counts for nothing.
  private boolean within(String target) {
    Bound now = bound.get();
    List<Anchor> here = at(target);
    long most = here.stream().mapToLong(Anchor::bytes).sum();
    return here.size() <= now.settings().keep()
        && frees(target, here, false).orElse(most) <= now.settings().most(now.diskBytes());
  }

  /// @return empty where nobody can tell
  private OptionalLong frees(String target, List<Anchor> going, boolean trash) {
    return frees(target, going, _ -> false, trash);
  }

  private OptionalLong frees(
      String target, List<Anchor> going, Predicate<ModelName> more, boolean trash) {
    Optional<Links> links = links(target);
    if (links.isEmpty() || going.stream().anyMatch(anchor -> anchor.manifest().isEmpty())) {
      return OptionalLong.empty();
    }
    Set<String> ids = new HashSet<>();
    Set<String> keys = new HashSet<>();
    for (Anchor anchor : going) {
      ids.add(anchor.id());
      keys.add(anchor.hidden().key());
    }
    try {
      return OptionalLong.of(
          links.get().frees(ids, name -> keys.contains(name.key()) || more.test(name), trash));
    } catch (StoreFailure e) {
      return OptionalLong.empty();
    }
  }

  /// Bytes that come free when a model and all that is kept of its name go from a target; empty
  /// where nobody can tell.
  public OptionalLong freesWith(String target, ModelName name) {
    List<Anchor> its = at(target).stream().filter(one -> one.means(target, name)).toList();
    return frees(target, its, other -> other.key().equals(name.key()), false);
  }

  /// All anchors as they stand on the disk, the oldest first.
  public List<Kept> kept() {
    return all.stream()
        .map(anchor ->
            new Kept(anchor, holding(anchor), frees(anchor.target(), List.of(anchor), false)))
        .toList();
  }

  private Kept.Holding holding(Anchor anchor) {
    List<Layer> layers = anchor.layers();
    boolean linked =
        !layers.isEmpty()
            && links(anchor.target()).filter(one -> one.holds(anchor.id(), layers)).isPresent();
    if (linked) {
      return Kept.Holding.LINKS;
    }
    return anchor.target().equals(OWN) ? Kept.Holding.MANIFEST : Kept.Holding.COPY;
  }

  /// Bytes that come free when all anchors go; a file that several have counts once.
  public long allFree() {
    return all.stream()
        .map(Anchor::target)
        .distinct()
        .mapToLong(target -> frees(target, at(target), false).orElse(0))
        .sum();
  }

  /// Links what is not linked yet, and removes links that a kill left without an anchor.
  ///
  /// @param targets where anchors may lie
  public void tidy(Collection<String> targets) {
    for (Anchor anchor : all) {
      if (holding(anchor) != Kept.Holding.LINKS) {
        Optional<Site> site = sites.apply(anchor.target());
        boolean _ = alone(anchor, false, () -> site.isPresent() && link(site.get(), anchor));
      }
    }
    Set<String> everywhere = new LinkedHashSet<>(targets);
    all.forEach(anchor -> everywhere.add(anchor.target()));
    for (String target : everywhere) {
      links(target)
          .ifPresent(links ->
              links.sweep(() -> table.all().stream().map(Anchor::id).collect(toUnmodifiableSet())));
    }
  }
}
