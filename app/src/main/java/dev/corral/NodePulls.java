package dev.corral;

import dev.corral.access.BindRule;
import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.StoreFailure;
import dev.corral.config.Sources;
import dev.corral.control.PullTargets;
import dev.corral.db.Database;
import dev.corral.fit.Here;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.gateway.Gateway;
import dev.corral.gateway.GatewaySettings;
import dev.corral.model.ModelName;
import dev.corral.node.OwnNode;
import dev.corral.node.Pulling;
import dev.corral.ollama.Management;
import dev.corral.pull.NodeSpot;
import dev.corral.pull.Nodes;
import dev.corral.pull.Pull;
import dev.corral.pull.Pulls;
import dev.corral.revision.Anchor;
import dev.corral.revision.Anchors;
import dev.corral.revision.NodeSite;
import dev.corral.revision.OwnSite;
import dev.corral.revision.Site;
import dev.corral.revision.Undone;
import dev.corral.upkeep.Vanishing;
import dev.corral.upstream.Upstream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Pulls on nodes: tells the jobs which nodes there are, and the gateway who follows a job.
final class NodePulls implements AutoCloseable {
  /// How long a start waits for the first look at all nodes before it fetches what is missing.
  private static final Duration FIRST_LOOK = Duration.ofSeconds(30);

  private static final Duration LOOK = Duration.ofMillis(200);

  private final OwnBackend own;
  private final Fleet fleet;
  private final Management management;
  private final Anchors anchors;
  private final Supplier<Settings> settings;
  private final Sources sources;
  private volatile boolean over;

  private NodePulls(
      OwnBackend own,
      Fleet fleet,
      Management management,
      Database database,
      Supplier<Settings> settings,
      Sources sources) {
    this.own = own;
    this.fleet = fleet;
    this.management = management;
    this.anchors =
        new Anchors(
            database, own.downloads().storeId(), this::site, this::bound, Clock.systemUTC());
    this.settings = settings;
    this.sources = sources;
  }

  /// From here on jobs for nodes begin, those too that a restart interrupted.
  static NodePulls begin(
      Upstream upstream,
      String instance,
      OwnBackend own,
      Fleet fleet,
      Database database,
      Supplier<Settings> settings,
      Sources sources) {
    Management management = new Management(upstream, instance);
    NodePulls here = new NodePulls(own, fleet, management, database, settings, sources);
    own.downloads().pulls().keepIn(here.anchors);
    own.downloads().pulls().reach(new Nodes(management, here::spot));
    upstream.serve(
        Gateway.PULLS, new OwnNode(List.of(new Pulling(own.downloads().pulls()).routes())));
    return here;
  }

  /// What names meant before they were pulled anew.
  Anchors anchors() {
    return anchors;
  }

  /// Links what is kept and not linked yet, and removes links without an anchor.
  void tidyAnchors() {
    List<String> targets = new ArrayList<>();
    targets.add(Pulls.OWN);
    fleet.snapshot().backends().forEach(backend -> targets.add(backend.name()));
    anchors.tidy(targets);
  }

  /// What no listing shows.
  GatewaySettings.Anchored hidden() {
    return new GatewaySettings.Anchored(
        () -> !anchors.list().isEmpty(),
        name -> anchors.meant(name).map(ModelName::shortName).orElse(name));
  }

  /// Brings back what somebody removed past us, where it is kept.
  Vanishing.Restoring restore(Backend node, ModelName name) {
    Optional<Anchor> anchor = anchors.newest(node.name(), name);
    if (anchor.isEmpty()) {
      return new Vanishing.Restoring.Nothing();
    }
    return switch (anchors.bringBack(anchor.get())) {
      case Undone.Back _ -> new Vanishing.Restoring.Back();
      case Undone.Not not -> new Vanishing.Restoring.Failed(not.why());
    };
  }

  private Optional<Site> site(String target) {
    if (target.equals(Pulls.OWN)) {
      return Optional.of(new OwnSite(own.store()));
    }
    return spot(target)
        .map(spot -> new NodeSite(management, spot.target(), spot.store(), spot.mayWrite()));
  }

  private Anchors.Bound bound() {
    long disk = 0;
    try {
      disk = own.store().space().totalBytes();
    } catch (StoreFailure e) {
      // A part of an unknown disk bounds nothing; the number of anchors still does.
    }
    return new Anchors.Bound(settings.get().change(), disk);
  }

  PullPlanning planning(Here here) {
    return new PullPlanning(
        own, fleet, management, here, name -> spot(name).flatMap(NodeSpot::store));
  }

  /// What the settings want fetched without anybody asking, and what is missing of it: once the
  /// nodes have been looked at.
  void atStart(Configured configured, BooleanSupplier looked) {
    Thread.ofVirtual()
        .name("pulls at start")
        .start(() -> {
          awaitLook(looked);
          if (settings.get().pull().atStart()) {
            fetch(configured.models(settings.get()).keySet(), "pull.at-start");
          }
          prefetch();
        });
  }

  /// The settings changed: the same once the nodes that they name have been looked at.
  void prefetchSoon(BooleanSupplier looked) {
    Thread.ofVirtual()
        .name("prefetch")
        .start(() -> {
          awaitLook(looked);
          prefetch();
        });
  }

  /// Has the models of `pull.prefetch` fetched while nobody waits for another.
  private void prefetch() {
    fetch(settings.get().pull().wishes(), Pulls.PREFETCH);
  }

  private void fetch(Collection<ModelName> names, String why) {
    PullTargets targets = new PullTargets(fleet::snapshot);
    for (ModelName name : names) {
      boolean there =
          fleet.snapshot().open().stream().anyMatch(node -> node.holds(name.shortName()));
      if (!there && !over) {
        ask(name, targets.of(name, "").getFirst(), why);
      }
    }
  }

  private void ask(ModelName name, String target, String why) {
    try {
      Pull _ = own.downloads().pulls().ask(name, target, why);
    } catch (CompletionException e) {
      if (!over) {
        System.getLogger("dev.corral")
            .log(System.Logger.Level.WARNING, "a pull of " + why + " could not begin", e);
      }
    }
  }

  /// From here on nothing is fetched that nobody asked for.
  @Override
  public void close() {
    over = true;
  }

  private void awaitLook(BooleanSupplier looked) {
    long end = System.nanoTime() + FIRST_LOOK.toNanos();
    try {
      while (!over && !looked.getAsBoolean() && System.nanoTime() < end) {
        Thread.sleep(LOOK);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Optional<NodeSpot> spot(String name) {
    return fleet
        .snapshot()
        .named(name)
        .filter(backend -> backend.ollama() && !backend.target().isInside())
        .map(backend ->
            new NodeSpot(
                name,
                backend.target(),
                folder(backend).map(OllamaFolder::at),
                settings.get().store().writesOllama()));
  }

  /// As the file says; else the usual one of this machine, for a node on this machine. Whether it
  /// is really that node's is seen by what lies in it.
  private Optional<Path> folder(Backend backend) {
    String named = backend.settings().store();
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named));
    }
    if (!BindRule.loopback(backend.target().host())) {
      return Optional.empty();
    }
    Path userHome = Path.of(System.getProperty("user.home", "."));
    return OwnBackend.folders(settings.get().store(), userHome, sources.variables())
        .ollama()
        .stream()
        .findFirst();
  }
}
