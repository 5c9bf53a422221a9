package dev.corral.pull;

import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.hub.Hubs;
import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.ModelName;
import dev.corral.pull.Fetcher.Share;
import dev.corral.pull.Pull.Cause;
import dev.corral.pull.Pull.Problem;
import dev.corral.registry.Fetched;
import dev.corral.registry.Hub;
import dev.corral.registry.Remote;
import dev.corral.registry.Trouble;
import dev.corral.revision.Anchors;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The work on a job for our own store, from the manifest to the published model.
final class Run implements Work {
  /// A tag that is moved again and again cannot be fetched.
  private static final int MOST_MANIFESTS = 3;

  /// So long without a byte, and the job is shown as standing still.
  private static final long STALL = Duration.ofSeconds(10).toNanos();

  /// What was fetched is not there when it is published.
  private static final End LOST =
      new End.Failed(
          new Problem(
              Cause.OTHER,
              "something else removes what is fetched from the folder of models",
              "Does a clean-up run there? Let it end, and pull again."));

  private final ModelName name;
  private final String target;
  private final Remote remote;
  private final Optional<Hubs> hubs;
  private final FetchSettings settings;
  private final Backoff backoff;
  private final Fetcher fetcher;
  private final boolean patient;
  private final LongSupplier othersNeed;
  private final Supplier<Optional<Anchors>> anchors;
  private final Stop stop = new Stop();

  /// True where a full disk is waited for: once the job was let in, now or in an earlier work.
  private boolean admitted;

  /// Bytes that are needed on the way, and given up again.
  private long besides;

  private volatile PullState phase = PullState.RESOLVING;
  private volatile Map<Digest, Share> shares = Map.of();

  Run(Order order, Store store, Sources sources, FetchSettings settings, Throttle throttle) {
    this.name = order.name();
    this.target = order.target();
    this.remote = sources.registry().open(name, stop.leash());
    this.hubs = sources.hubs();
    this.settings = settings;
    this.backoff = new Backoff(settings);
    this.fetcher =
        new Fetcher(store, settings, backoff, throttle, stop, ConcurrentHashMap.newKeySet());
    this.patient = order.patient();
    this.othersNeed = order.othersNeed();
    this.anchors = order.anchors();
  }

  @Override
  public PullState state() {
    PullState now = phase;
    if (now != PullState.PULLING) {
      return now;
    }
    if (verifying()) {
      return PullState.VERIFYING;
    }
    return backoff.nanosSinceByte() > STALL ? PullState.STALLED : PullState.PULLING;
  }

  @Override
  public List<Pull.Blob> blobs() {
    return shares.values().stream()
        .map(share ->
            new Pull.Blob(share.layer().digest(), share.done().get(), share.layer().size()))
        .toList();
  }

  /// Blobs whose bytes came and were hashed in this work; the others were there before.
  Set<Digest> verified() {
    return fetcher.verified();
  }

  @Override
  public int again() {
    return 0;
  }

  @Override
  public void stop() {
    stop.ask();
  }

  /// A disk that fills on the way takes what was kept for an undo, and goes on; each time at least
  /// one anchor less.
  @Override
  public End work() {
    End end = untilFull();
    while (end instanceof End.NoRoom full && !stop.asked() && freed(full.bytes())) {
      end = untilFull();
    }
    return end;
  }

  private boolean freed(long bytes) {
    try {
      long lacking = fetcher.store().space().missing(bytes + othersNeed.getAsLong());
      return dropped(Math.max(1, lacking));
    } catch (StoreFailure e) {
      return false;
    }
  }

  /// @return false where all that is kept would not make room, and nothing was dropped
  private boolean dropped(long lacking) {
    return anchors
        .get()
        .filter(kept -> kept.couldFree(target, lacking))
        .filter(kept -> kept.dropOldest(target, lacking) > 0)
        .isPresent();
  }

  private End untilFull() {
    try {
      Optional<Digest> before = Optional.empty();
      for (int i = 0; i < MOST_MANIFESTS; i++) {
        phase = PullState.RESOLVING;
        Fetched fetched = manifest();
        if (stop.asked()) {
          return new End.Stopped();
        }
        if (!(fetched instanceof Fetched.Found found)) {
          return otherwise((Trouble) fetched);
        }
        Optional<HubFiles.Split> split = split();
        if (split.isPresent()) {
          return split.get().work();
        }
        End end = fetch(found);
        boolean moved =
            end instanceof End.Failed failed
                && failed.problem().cause() == Cause.MISSING
                && !before.equals(Optional.of(found.digest()));
        if (!moved) {
          return end;
        }
        before = Optional.of(found.digest());
      }
      return new End.Failed(
          new Problem(
              Cause.OTHER,
              "the registry changes '" + name.shortName() + "' faster than it can be fetched",
              "Try again later."));
    } catch (StoreFailure e) {
      return admitted && e.kind() == StoreFailure.Kind.NO_ROOM
          ? new End.NoRoom(full(), Fetcher.missing(shares) + besides)
          : new End.Failed(Fetcher.problem(e));
    }
  }

  private Problem full() {
    return new Problem(
        Cause.NO_ROOM,
        "no space left on the disk of the model store; "
            + new Bytes(Fetcher.missing(shares))
            + " are still to come",
        "It goes on by itself when there is room. Free some, for example with: corral rm MODEL");
  }

  /// A set of parts at the Hub, whatever manifest there is: of one of its parts, at best.
  private Optional<HubFiles.Split> split() {
    return hubs.isPresent() && Hub.means(name)
        ? new HubFiles(name, hubs.get(), fetcher, this).split()
        : Optional.empty();
  }

  /// What the Hub has no manifest of it may have as files: sets of parts, and all that a mirror
  /// has.
  private End otherwise(Trouble trouble) throws StoreFailure {
    boolean said = trouble.kind() == Trouble.Kind.MISSING || trouble.kind() == Trouble.Kind.WRONG;
    return said && hubs.isPresent() && Hub.means(name)
        ? new HubFiles(name, hubs.get(), fetcher, this).work()
        : Fetcher.failed(trouble);
  }

  /// Tries a few times where the registry is away; a job that had begun tries for as long as for a
  /// part.
  private Fetched manifest() {
    Fetched fetched = remote.manifest();
    for (int tries = 1; fetched instanceof Trouble trouble; tries++) {
      boolean again = trouble.passing() && (patient || tries < settings.manifestTries());
      if (!again || !backoff.failed(trouble) || !backoff.awaitTurn(stop)) {
        return trouble;
      }
      fetched = remote.manifest();
    }
    backoff.came();
    return fetched;
  }

  private End fetch(Fetched.Found found) throws StoreFailure {
    Map<Digest, Share> all = new LinkedHashMap<>();
    for (Layer layer : found.manifest().blobs()) {
      all.putIfAbsent(layer.digest(), fetcher.share(layer));
    }
    begin(all, 0);
    End end = fetch(all, found.bytes());
    // Whoever else tidies this folder may have taken a blob that no manifest mentioned yet.
    for (int i = 1; i < MOST_MANIFESTS && LOST.equals(end); i++) {
      end = fetch(all, found.bytes());
    }
    return end;
  }

  private End fetch(Map<Digest, Share> all, byte[] manifest) throws StoreFailure {
    phase = PullState.PULLING;
    for (Share share : all.values()) {
      End end = fetcher.blob(share, Source.of(remote));
      if (!(end instanceof End.Done)) {
        return end;
      }
    }
    return publish(manifest);
  }

  /// What is to be fetched is known: from here on it is shown, and the disk has room for it.
  ///
  /// @param more bytes that are needed beside what is missing
  void begin(Map<Digest, Share> all, long more) throws StoreFailure {
    shares = all;
    besides = more;
    phase = PullState.PULLING;
    admitted = patient;
    admit(Fetcher.missing(all) + more + othersNeed.getAsLong());
    admitted = true;
  }

  /// What was kept for an undo is the first to go.
  private void admit(long bytes) throws StoreFailure {
    boolean room = false;
    while (!room) {
      try {
        fetcher.store().checkRoom(bytes);
        room = true;
      } catch (StoreFailure e) {
        long lacking = fetcher.store().space().missing(bytes);
        boolean freed = e.kind() == StoreFailure.Kind.NO_ROOM && dropped(lacking);
        if (!freed) {
          throw e;
        }
      }
    }
  }

  /// All blobs are there.
  End publish(byte[] manifest) throws StoreFailure {
    phase = PullState.PUBLISHING;
    anchors.get().ifPresent(kept -> kept.keepUnless(target, name, Digest.of(manifest)));
    try {
      return fetcher.store().publish(name, manifest).whole() ? new End.Done() : LOST;
    } catch (StoreFailure e) {
      if (e.kind() == StoreFailure.Kind.MISSING_BLOB) {
        return LOST;
      }
      throw e;
    }
  }

  /// Blobs whose bytes are all there while their hash is not known yet.
  private boolean verifying() {
    List<Share> all = List.copyOf(shares.values());
    return !all.isEmpty()
        && all.stream().allMatch(share -> share.done().get() >= share.layer().size());
  }
}
