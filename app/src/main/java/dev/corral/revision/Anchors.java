package dev.corral.revision;

import dev.corral.db.Database;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/// Keeps what a name meant before it is pulled anew, and brings it back: one step, without a
/// network. Anchors are hidden from every listing, bounded in number and bytes, and go first where
/// a pull needs room. Threads share it; all of it blocks.
public final class Anchors {
  /// Enough of a hash to tell names and manifests apart.
  private static final int NAME_DIGITS = 16;

  private static final int DIGEST_DIGITS = 12;

  private final AnchorTable table;
  private final Function<String, Optional<Site>> sites;
  private final Supplier<Bound> bound;
  private final InstantSource clock;

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
    this.all = table.all();
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

  private synchronized Optional<Anchor> keep(String target, ModelName name, Optional<Digest> next) {
    Optional<Site> site = sites.apply(target);
    Optional<Site.Held> held = site.flatMap(there -> there.held(name));
    boolean same = held.isPresent() && next.equals(held.map(Site.Held::digest));
    if (held.isEmpty() || same || bound.get().settings().keep() == 0) {
      return Optional.empty();
    }
    ModelName hidden = hidden(name, held.get().digest());
    if (!site.get().copy(name, hidden)) {
      return Optional.empty();
    }
    Anchor anchor =
        new Anchor(
            target,
            name,
            hidden,
            held.get().digest(),
            held.get().bytes(),
            held.get().manifest(),
            blobs(held.get().manifest()),
            clock.instant());
    table.add(anchor);
    all = table.all();
    enforce(target);
    return Optional.of(anchor);
  }

  /// A name on its way into a tag: 80 characters, no second colon.
  private static ModelName hidden(ModelName name, Digest digest) {
    String which = Digest.of(name.key().getBytes(StandardCharsets.UTF_8)).hex();
    String tag = which.substring(0, NAME_DIGITS) + "-" + digest.hex().substring(0, DIGEST_DIGITS);
    return ModelName.anchor(tag);
  }

  private static List<Digest> blobs(String manifest) {
    if (manifest.isEmpty()) {
      return List.of();
    }
    try {
      return Manifest.parse(manifest.getBytes(StandardCharsets.UTF_8)).blobs().stream()
          .map(Layer::digest)
          .distinct()
          .toList();
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  /// The newest anchor of a name at a target.
  public Optional<Anchor> newest(String target, ModelName name) {
    return all.reversed().stream()
        .filter(anchor -> anchor.target().equals(target))
        .filter(anchor -> anchor.model().key().equals(name.key()))
        .findFirst();
  }

  /// Lets the name mean again what it meant. The anchor stays.
  ///
  /// @return whether it does now
  public synchronized boolean bringBack(Anchor anchor) {
    Optional<Site> site = sites.apply(anchor.target());
    return site.isPresent()
        && (site.get().copy(anchor.hidden(), anchor.model())
            || (!anchor.manifest().isEmpty()
                && site.get().publish(anchor.model(), anchor.manifest())));
  }

  /// What a name means at a target now.
  public Optional<Digest> meaning(String target, ModelName name) {
    return sites.apply(target).flatMap(site -> site.held(name)).map(Site.Held::digest);
  }

  /// Takes an anchor away; what only it used goes. One that cannot be taken away stays known.
  ///
  /// @return whether it is gone
  public synchronized boolean drop(Anchor anchor) {
    boolean gone =
        sites.apply(anchor.target()).filter(site -> site.remove(anchor.hidden())).isPresent();
    if (gone) {
      table.remove(anchor);
      all = table.all();
    }
    return gone;
  }

  /// Drops the oldest anchors of a target until so many bytes were given up, all of them where need
  /// be: a pull that somebody wants goes before an undo that nobody has asked for. Less may come
  /// free, since an anchor shares blobs: whoever still lacks room asks again.
  ///
  /// @return how many were dropped
  public synchronized int dropOldest(String target, long bytesNeeded) {
    long bytes = 0;
    int dropped = 0;
    for (Anchor anchor : at(target)) {
      if (bytes >= bytesNeeded) {
        break;
      }
      if (drop(anchor)) {
        bytes += anchor.bytes();
        dropped++;
      }
    }
    return dropped;
  }

  private List<Anchor> at(String target) {
    return all.stream().filter(anchor -> anchor.target().equals(target)).toList();
  }

  /// Within the bounds, but never without the one that an undo of a name needs: its newest.
  private void enforce(String target) {
    List<Anchor> here = new ArrayList<>(at(target));
    Set<String> newest = new HashSet<>();
    List<Anchor> older = new ArrayList<>();
    for (Anchor anchor : here.reversed()) {
      if (!newest.add(anchor.model().key())) {
        older.addFirst(anchor);
      }
    }
    Bound now = bound.get();
    long most = now.settings().most(now.diskBytes());
    long bytes = here.stream().mapToLong(Anchor::bytes).sum();
    int count = here.size();
    for (Anchor anchor : older) {
      if (count <= now.settings().keep() && bytes <= most) {
        return;
      }
      if (drop(anchor)) {
        count--;
        bytes -= anchor.bytes();
      }
    }
  }
}
