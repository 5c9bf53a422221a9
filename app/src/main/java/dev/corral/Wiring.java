package dev.corral;

import dev.corral.access.Access;
import dev.corral.access.AdminKey;
import dev.corral.access.BindRule;
import dev.corral.access.Keys;
import dev.corral.access.Route;
import dev.corral.api.SettingView;
import dev.corral.blobs.Store;
import dev.corral.config.ConfigWatch;
import dev.corral.config.Loaded;
import dev.corral.config.Sources;
import dev.corral.control.Backends;
import dev.corral.control.CallGroup;
import dev.corral.control.Control;
import dev.corral.control.Parts;
import dev.corral.db.Database;
import dev.corral.db.DatabaseFailure;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.dialect.Words;
import dev.corral.door.Door;
import dev.corral.door.Visit;
import dev.corral.engine.EngineEvent;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.Backend;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.FleetSnapshot;
import dev.corral.gateway.Gateway;
import dev.corral.gateway.GatewaySettings;
import dev.corral.journal.Journal;
import dev.corral.journal.LibraryLog;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import dev.corral.metric.Gauges;
import dev.corral.metric.Metrics;
import dev.corral.node.OwnNode;
import dev.corral.ollama.Management;
import dev.corral.ollama.Node;
import dev.corral.outbound.Destinations;
import dev.corral.pull.Pull;
import dev.corral.pull.PullEvent;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Builds the server on one page and closes it in reverse.
public final class Wiring implements AutoCloseable {
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
  private volatile Loaded.Valid<Settings> config;
  private volatile boolean started;

  /// This machine's own name, under which people may reach us.
  private volatile String machine;

  private Wiring(
      Home home,
      Loaded.Valid<Settings> config,
      Sources sources,
      Map<String, String> environment,
      PrintStream console) {
    this.config = config;
    this.sources = sources;
    this.notes = new ArrayList<>(config.notes());
    Settings settings = config.settings();

    journal = closing(new Journal(home.logs(), clock, console));
    tidings = new Tidings(journal);
    LibraryLog.lead(journal);
    Database database = closing(database(settings, home));
    Keys keys = closing(Keys.open(database, clock));
    AdminKey adminKey = adminKey(home);
    access = new Access(keys, adminKey, rules(settings), clock);
    boolean keysNeeded = settings.server().auth().equals("keys") || keys.made();
    BindRule.check(settings.server().host(), keysNeeded)
        .ifPresent(why -> {
          throw new Unstartable(why, "");
        });

    int loops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
    Vertx vertx = Vertx.vertx(options(loops));
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
    fitting =
        closing(new Fitting(() -> this.config.settings(), database, own, fleet, nodes, clock));
    bodies = new Budget(settings.limits().bodies().count());
    turnstile = new Turnstile(settings.limits().concurrent(), settings.limits().queue());
    configured = new Configured(sources, tidings.noticed("config"));
    nodePulls = NodePulls.begin(upstream, instance, own, fleet, database, this::inForce, sources);
    Consumer<ExchangeEvent> events = metrics;
    gateway =
        new Gateway(
            vertx,
            upstream,
            fleet,
            bodies,
            turnstile,
            gatewaySettings(settings),
            access::keysInForce,
            instance,
            events.andThen(journal).andThen(holdings.stocktaker()));
    keeping = closing(keeping(nodes));
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(gateway.visitors());
    visitors.putAll(control(keys, adminKey, added, database).visitors());
    Optional<String> name = Machine.name(environment);
    machine = name.orElse("localhost");
    door = new Door(vertx, settings.server(), new KeyGuard(access), visitors, instance, machine);
    if (name.isEmpty()) {
      var _ = Thread.ofVirtual().name("machine").start(this::resolveMachine);
    }
    port = listen(settings, loops);
    fleet.start();
    fitting.watch(LoadWatch.INTERVAL);
    keeping.start();
    holdings.stocktaker().begin(fleet::snapshot, own::file);
    choice.search(fleet, chosen, settings.health());
    closing(
        ConfigWatch.start(
            sources, ConfigWatch.INTERVAL, () -> Settings.load(sources), this::changed));
    started = true;
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
    Home made = Home.ensure(home);
    Sources sources = new Sources(flags, environment, Path.of(""), home, config);
    return switch (Settings.load(sources)) {
      case Loaded.Valid<Settings> valid -> new Wiring(made, valid, sources, environment, console);
      case Loaded.Invalid<Settings> invalid -> throw Unstartable.config(invalid.problems());
    };
  }

  public int port() {
    return port;
  }

  public String url() {
    String host = config.settings().server().host();
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  Greeting greeting() {
    FleetSnapshot backends = fleet.snapshot();
    return new Greeting(
        url(),
        backends.choice(),
        backends.named(OwnNode.NAME).isPresent(),
        !config.settings().backends().isEmpty(),
        own.engine().ability(),
        own.models());
  }

  /// True once every backend has been looked at.
  public boolean looked() {
    return fleet.snapshot().backends().stream()
        .noneMatch(backend -> backend.state() == Backend.State.UNKNOWN);
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

  private Database database(Settings settings, Home home) {
    return switch (Database.open(settings.database(), home.file("corral.db"), Schema.CORRAL)) {
      case Opening.Opened opened -> {
        notes.addAll(opened.notes());
        yield opened.database();
      }
      case Opening.Refused refused -> throw new Unstartable(refused.message(), refused.next());
    };
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

  private static AdminKey adminKey(Home home) {
    return switch (AdminKey.ensure(home.folder())) {
      case AdminKey.Found.Ready ready -> ready.key();
      case AdminKey.Found.Refused refused ->
          throw new Unstartable(refused.message(), refused.next());
    };
  }

  private Control control(Keys keys, AdminKey adminKey, Backends added, Database database) {
    return new Control(
        new Parts(
            fleet,
            () -> gatewaySettings(config.settings()).assignments(),
            keys,
            adminKey,
            access::keysInForce,
            added,
            journal,
            own.downloads().pulls(),
            this::settings,
            this::facts,
            () -> EngineViews.of(own.engine()),
            name -> EngineViews.log(own.engine(), name),
            () -> metrics.render(fleet.snapshot(), gauges()),
            gateway::open,
            () -> unready(database),
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
            () -> gatewaySettings(config.settings()).assignments(),
            name -> gateway.open(name.key()),
            journal::lastUsed,
            holdings.library(),
            holdings.protection(),
            nodePulls::restore,
            nodePulls.anchors()::list,
            () -> configured.models(config.settings()),
            () -> config.settings().prune(),
            tidings::vanished,
            tidings::kept,
            clock));
  }

  /// Management calls that bring their own parts: one line for each group.
  private List<CallGroup> groups() {
    return List.of(
        fitting.calls(() -> gatewaySettings(config.settings()).assignments()),
        keeping.calls(),
        HubQuestions.calls(own.downloads(), fitting, fleet),
        holdings.calls(
            fleet,
            () -> gatewaySettings(config.settings()).assignments(),
            fitting,
            () -> gateway.apply(gatewaySettings(config.settings()))),
        nodePulls.planning(fitting.here()).calls(this::inForce, configured));
  }

  private int listen(Settings settings, int loops) {
    String host = settings.server().host();
    int wanted = settings.server().port();
    try {
      return door.open(host, wanted, loops).toCompletionStage().toCompletableFuture().join();
    } catch (CompletionException e) {
      close();
      throw Unstartable.port(host, wanted, e.getCause() == null ? e : e.getCause());
    }
  }

  /// Without Vert.x's own cache of class path files: nothing of ours is read through it.
  private static VertxOptions options(int loops) {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(loops)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static Access.Rules rules(Settings settings) {
    return new Access.Rules(
        settings.server().auth().equals("keys"), !BindRule.loopback(settings.server().host()));
  }

  private Settings inForce() {
    return config.settings();
  }

  private GatewaySettings gatewaySettings(Settings settings) {
    Destinations hosts = Destinations.of(settings.pull().hosts(), settings.pull().registries());
    return new GatewaySettings(
        holdings.assignments(settings, configured.names(settings)),
        settings.limits().body().count(),
        settings.server().headers(),
        hosts::mayBeAsked,
        holdings.protection()::protects,
        nodePulls.hidden());
  }

  /// The files changed. What is right is in force for the next request; what is wrong changes
  /// nothing and is said.
  private void changed(Loaded<Settings> loaded) {
    switch (loaded) {
      case Loaded.Invalid<Settings> invalid -> tidings.notTaken(invalid.problems());
      case Loaded.Valid<Settings> valid -> {
        Settings before = config.settings();
        Settings now = valid.settings();
        config = valid;
        access.follow(rules(now));
        door.admit(now.server(), machine);
        bodies.allow(now.limits().bodies().count());
        turnstile.allow(now.limits().concurrent(), now.limits().queue());
        holdings.follow(now);
        gateway.apply(gatewaySettings(now));
        own.engine().apply(now.engine());
        own.downloads().follow(now.pull());
        nodePulls.prefetch();
        own.store().trash().keep(now.store().trash());
        Choice.Chosen chosen = choice.of(now, sources.variables());
        fleet.replace(chosen.backends(), chosen.why(), now.health());
        boolean restart =
            !before.database().equals(now.database())
                || !before.server().host().equals(now.server().host())
                || before.server().port() != now.server().port();
        tidings.taken(restart);
      }
    }
  }

  private void resolveMachine() {
    machine = Machine.resolvedName();
    door.admit(config.settings().server(), machine);
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

  private List<SettingView> settings() {
    return config.entries().stream()
        .map(entry -> new SettingView(entry.key(), entry.value(), entry.source()))
        .toList();
  }

  private Parts.Facts facts() {
    String ollama = fleet.snapshot().oldestOllama().orElse(Words.OLLAMA_VERSION);
    return new Parts.Facts(Version.OURS, ollama, startedAt, url(), config.file(), notes);
  }

  private Gauges gauges() {
    return new Gauges(
        Version.OURS,
        Duration.between(startedAt, clock.instant()),
        gateway.open(),
        turnstile.waiting(),
        bodies.held(),
        journal.lost());
  }

  private static List<String> unready(Database database) {
    try {
      int _ = database.read(sql -> sql.query(row -> 1, "select 1")).size();
      return List.of();
    } catch (DatabaseFailure e) {
      return List.of("The database does not answer. Look at: corral logs");
    }
  }
}
