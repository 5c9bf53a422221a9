package dev.corral;

import dev.corral.access.Access;
import dev.corral.access.AdminKey;
import dev.corral.access.BindRule;
import dev.corral.access.Keys;
import dev.corral.access.Route;
import dev.corral.assign.Assignments;
import dev.corral.blobs.Store;
import dev.corral.config.ConfigWatch;
import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import dev.corral.control.Backends;
import dev.corral.control.CallGroup;
import dev.corral.control.Control;
import dev.corral.control.Parts;
import dev.corral.db.Database;
import dev.corral.db.Schema;
import dev.corral.door.Door;
import dev.corral.door.Visit;
import dev.corral.engine.EngineEvent;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.gateway.Gateway;
import dev.corral.journal.Journal;
import dev.corral.journal.LibraryLog;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import dev.corral.metric.Metrics;
import dev.corral.node.OwnNode;
import dev.corral.ollama.Management;
import dev.corral.ollama.Node;
import dev.corral.pull.Pull;
import dev.corral.pull.PullEvent;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Builds the server on one page and closes it in reverse.
public final class Wiring implements AutoCloseable {
  private static final Duration DRAIN_LOOK = Duration.ofMillis(10);

  private final Clock clock = Clock.systemUTC();
  private final Instant startedAt = clock.instant();
  private final String instance =
      HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> notes;
  private final Sources sources;
  private final OwnBackend own;
  private final Holdings holdings;
  private final Fitting fitting;
  private final Choice choice;
  private final Fleet fleet;
  private final Budget bodies;
  private final Turnstile turnstile;
  private final Configured configured;
  private final NodePulls nodePulls;
  private final Gateway gateway;
  private final Access access;
  private final Door door;
  private final Keeping keeping;
  private final Journal journal;
  private final Tidings tidings;
  private final Metrics metrics = new Metrics();
  private final int port;
  private final AtomicReference<Loaded.Valid<Settings>> config;
  private final Status status;
  private final Reload reload;
  private volatile boolean started;

  private Wiring(
      Home home,
      Loaded.Valid<Settings> config,
      Sources sources,
      Map<String, String> environment,
      PrintStream console,
      Duration watching) {
    this.config = new AtomicReference<>(config);
    this.sources = sources;
    this.notes = new ArrayList<>(config.notes());
    Settings settings = config.settings();

    journal = closing(new Journal(home.logs(), clock, console));
    tidings = new Tidings(journal);
    LibraryLog.lead(journal);
    Database database =
        closing(home.open(settings.database(), "corral.db", Schema.CORRAL, notes::add));
    Keys keys = closing(Keys.open(database, clock));
    AdminKey adminKey = home.adminKey();
    access = new Access(keys, adminKey, Reload.rules(settings), clock);
    boolean keysNeeded = settings.server().auth().equals("keys") || keys.made();
    BindRule.check(settings.server().host(), keysNeeded)
        .ifPresent(why -> {
          throw new Unstartable(why, "");
        });

    int loops = Listening.loops();
    Vertx vertx = Listening.vertx(loops);
    open.add(() -> vertx.close().toCompletionStage().toCompletableFuture().join());
    Upstream upstream = closing(new Upstream(vertx));
    Node node = new Node(upstream, instance);
    Management nodes = new Management(upstream, instance);
    holdings =
        closing(
            new Holdings(
                settings,
                home,
                sources.variables(),
                database,
                nodes,
                clock,
                notes::add,
                tidings.noticed("catalog")));
    own =
        closing(
            OwnBackend.open(
                settings,
                home,
                sources.variables(),
                environment,
                upstream,
                store -> downloads(settings, adminKey, database, store),
                this::happened,
                tidings.noticed("store")));
    Backends added = new Backends(database, clock);
    choice =
        new Choice(
            database,
            node,
            added,
            new Choice.Own(
                () -> own.engine().ability().able(),
                () -> own.models() > 0,
                () -> Machine.ollamaInstalled(environment)));
    Choice.Chosen chosen = choice.of(settings, sources.variables());
    fleet =
        closing(
            new Fleet(
                node,
                settings.health(),
                clock,
                chosen.backends(),
                chosen.why(),
                added.draining(),
                tidings::backend));
    fitting = closing(new Fitting(this::inForce, database, own, fleet, nodes, clock));
    bodies = new Budget(settings.limits().bodies().count());
    turnstile = new Turnstile(settings.limits().concurrent(), settings.limits().queue());
    configured = new Configured(sources, tidings.noticed("config"));
    nodePulls =
        closing(NodePulls.begin(upstream, instance, own, fleet, database, this::inForce, sources));
    Consumer<ExchangeEvent> events = metrics;
    gateway =
        new Gateway(
            vertx,
            upstream,
            fleet,
            bodies,
            turnstile,
            holdings.forGateway(settings, configured.names(settings), nodePulls.hidden()),
            access::keysInForce,
            instance,
            events.andThen(journal).andThen(holdings.stocktaker()));
    status =
        new Status(
            this.config::get,
            fleet,
            gateway,
            turnstile,
            bodies,
            journal,
            database,
            this::url,
            notes,
            clock,
            startedAt);
    keeping = closing(keeping(nodes));
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(gateway.visitors());
    visitors.putAll(control(keys, adminKey, added).visitors());
    Optional<String> name = Machine.name(environment);
    String machine = name.orElse("localhost");
    door = new Door(vertx, settings.server(), new KeyGuard(access), visitors, instance, machine);
    reload =
        new Reload(
            this.config,
            sources,
            new Reload.Rooms(
                access,
                door,
                bodies,
                turnstile,
                holdings,
                configured,
                gateway,
                own,
                nodePulls,
                choice,
                fleet),
            machine,
            tidings);
    if (name.isEmpty()) {
      var _ =
          Thread.ofVirtual().name("machine").start(() -> reload.reachedAs(Machine.resolvedName()));
    }
    port = Listening.open(door, settings.server(), loops, this::close);
    fleet.start();
    fitting.watch(LoadWatch.INTERVAL);
    keeping.start();
    holdings.begin(fleet, own::file, reload::named);
    closing(choice.search(fleet, chosen, settings.health()));
    closing(reload.watch(watching));
    started = true;
    closing(home.told(settings.server().host(), port));
    journal.started();
    nodePulls.atStart(configured, this::looked);
    tidings.started(url());
  }

  /// Starts the whole program and returns when it serves.
  ///
  /// @param home made where it is not there
  /// @param config the file that is read instead of the home's; null for that one
  /// @param flags settings by dotted key
  /// @throws Unstartable with what is wrong and what to do
  public static Wiring start(
      Path home,
      @Nullable Path config,
      Map<String, String> flags,
      Map<String, String> environment,
      PrintStream console) {
    return start(home, config, flags, environment, console, ConfigWatch.INTERVAL);
  }

  /// @param watching how often the files of the configuration are looked at
  static Wiring start(
      Path home,
      @Nullable Path config,
      Map<String, String> flags,
      Map<String, String> environment,
      PrintStream console,
      Duration watching) {
    Home made = Home.ensure(home);
    Sources sources = new Sources(flags, environment, Path.of(""), home, config);
    return switch (Settings.load(sources)) {
      case Loaded.Valid<Settings> valid ->
          new Wiring(made, valid, sources, environment, console, watching);
      case Loaded.Invalid<Settings> invalid -> throw Unstartable.config(invalid.problems());
    };
  }

  public int port() {
    return port;
  }

  public String url() {
    return Listening.url(inForce().server().host(), port);
  }

  Greeting greeting() {
    FleetSnapshot backends = fleet.snapshot();
    return new Greeting(
        url(),
        backends.choice(),
        backends.named(OwnNode.NAME).isPresent(),
        !inForce().backends().isEmpty(),
        own.engine().ability(),
        own.models());
  }

  /// True once every backend has been looked at.
  public boolean looked() {
    return fleet.snapshot().backends().stream()
        .noneMatch(backend -> backend.state() == Backend.State.UNKNOWN);
  }

  /// How many answers are on their way.
  public int answering() {
    return gateway.open();
  }

  /// Begins nothing new and waits until what is being answered has ended, at most that long.
  public void drain(Duration patience) throws InterruptedException {
    door.shut();
    long end = System.nanoTime() + patience.toNanos();
    while (gateway.open() > 0 && System.nanoTime() < end) {
      Thread.sleep(DRAIN_LOOK);
    }
  }

  /// Takes nothing new, ends what runs, closes in the reverse order of the building.
  @Override
  public void close() {
    tidings.stopped();
    for (AutoCloseable one : open.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        System.getLogger("dev.corral").log(System.Logger.Level.WARNING, "while stopping", e);
      }
    }
  }

  private <T extends AutoCloseable> T closing(T one) {
    open.add(one);
    return one;
  }

  private Downloads downloads(
      Settings settings, AdminKey adminKey, Database database, Store store) {
    return new Downloads(
        settings.pull(),
        sources.variables(),
        database,
        adminKey.proof("the store of this home"),
        store,
        clock,
        this::pulled,
        tidings.noticed("pull"));
  }

  private Control control(Keys keys, AdminKey adminKey, Backends added) {
    return new Control(
        new Parts(
            fleet,
            this::assignments,
            keys,
            adminKey,
            access::keysInForce,
            added,
            journal,
            own.downloads().pulls(),
            status::settings,
            status::facts,
            () -> EngineViews.of(own.engine()),
            name -> EngineViews.log(own.engine(), name),
            () -> metrics.render(fleet.snapshot(), status.gauges()),
            gateway::open,
            status::unready,
            () -> started,
            clock,
            Parts.HEARTBEAT),
        groups());
  }

  private Keeping keeping(Management nodes) {
    return new Keeping(
        new Keeping.Parts(
            own.store(),
            own.engine(),
            own.downloads().pulls(),
            fleet,
            nodes,
            this::assignments,
            name -> gateway.open(name.key()),
            journal::lastUsed,
            holdings.library(),
            holdings.stocktaker()::came,
            holdings.protection(),
            nodePulls,
            () -> configured.models(inForce()),
            () -> inForce().prune(),
            tidings::vanished,
            tidings::kept,
            clock));
  }

  /// Management calls that bring their own parts: one line for each group.
  private List<CallGroup> groups() {
    return List.of(
        fitting.calls(this::assignments),
        keeping.calls(),
        HubQuestions.calls(own.downloads(), fitting, fleet),
        holdings.calls(fleet, this::assignments, fitting, () -> reload.named()),
        nodePulls.planning(fitting.here()).calls(this::inForce, configured));
  }

  private Settings inForce() {
    return config.get().settings();
  }

  private Assignments assignments() {
    return gateway.settings().assignments();
  }

  private void pulled(PullEvent event) {
    Pull pull = event.pull();
    holdings.pulled(pull);
    tidings.pulled(event);
    if (pull.state().ended() && started) {
      fleet.look(pull.target());
    }
  }

  /// What is in memory changed: the listing of our own node is looked at again.
  private void happened(EngineEvent event) {
    tidings.runner(event);
    fleet.look(OwnNode.NAME);
  }
}
