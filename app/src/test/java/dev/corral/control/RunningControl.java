package dev.corral.control;

import dev.corral.access.Access;
import dev.corral.access.AdminKey;
import dev.corral.access.Caller;
import dev.corral.access.Credentials;
import dev.corral.access.Decision;
import dev.corral.access.Keys;
import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.api.EngineView;
import dev.corral.api.RunnerLog;
import dev.corral.api.SettingView;
import dev.corral.assign.Active;
import dev.corral.assign.Assignments;
import dev.corral.assign.Protection;
import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.door.Door;
import dev.corral.door.Guard;
import dev.corral.door.Replies;
import dev.corral.door.ServerSettings;
import dev.corral.door.Visit;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.fit.Correction;
import dev.corral.fit.FitGrid;
import dev.corral.fit.Here;
import dev.corral.fleet.Backend;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.FleetEvent;
import dev.corral.fleet.HealthSettings;
import dev.corral.fleet.Named;
import dev.corral.hardware.Inventory;
import dev.corral.journal.Entry;
import dev.corral.journal.Journal;
import dev.corral.library.Catalog;
import dev.corral.library.CatalogSettings;
import dev.corral.library.Library;
import dev.corral.library.Recorder;
import dev.corral.ollama.Management;
import dev.corral.ollama.Node;
import dev.corral.pull.Yard;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RawClient;
import dev.corral.testkit.RegistryDouble;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/// The control plane behind a real door, with a real database, keys and backends. The data plane is
/// a sentence.
final class RunningControl implements AutoCloseable {
  static final Duration PATIENCE = Await.LONG;

  final Vertx vertx = Vertx.vertx();
  final List<String> unready = new CopyOnWriteArrayList<>();
  final Backends backends;
  final Journal journal;
  final Fleet fleet;
  final AdminKey adminKey;
  final Library library;
  final Catalog catalog;
  final Protection protection;
  final Active active;
  private final Database database;
  private final Database libraryFile;
  private final Keys keys;
  private final Upstream upstream;
  private final Yard yard;
  private final int port;
  volatile boolean started = true;
  volatile String adopt = "offer";
  volatile Map<String, String> aliases = Map.of();

  private RunningControl(Path home, Duration heartbeat, boolean keysAlways, OllamaNode... nodes) {
    this(home, new Yard(home.resolve("yard"), new RegistryDouble[0]), heartbeat, keysAlways, nodes);
  }

  private RunningControl(
      Path home, Yard pulls, Duration heartbeat, boolean keysAlways, OllamaNode... nodes) {
    yard = pulls;
    Clock clock = Clock.systemUTC();
    database =
        switch (Database.open(
            DatabaseSettings.defaults(), home.resolve("corral.db"), Schema.CORRAL)) {
          case Opening.Opened opened -> opened.database();
          case Opening.Refused no -> throw new IllegalStateException(no.message());
        };
    libraryFile =
        switch (Database.open(
            DatabaseSettings.defaults(), home.resolve("library.db"), Schema.LIBRARY)) {
          case Opening.Opened opened -> opened.database();
          case Opening.Refused no -> throw new IllegalStateException(no.message());
        };
    library = new Library(libraryFile, clock);
    catalog = new Catalog(home.resolve("catalog"), List::of, _ -> {});
    protection = new Protection(database, clock);
    active = new Active(database, clock);
    active.follow("markov-a");
    keys = Keys.open(database, clock);
    adminKey =
        switch (AdminKey.ensure(home)) {
          case AdminKey.Found.Ready ready -> ready.key();
          case AdminKey.Found.Refused no -> throw new IllegalStateException(no.message());
        };
    Access access = new Access(keys, adminKey, new Access.Rules(keysAlways, false), clock);
    journal = new Journal(home.resolve("logs"), clock, System.err);
    upstream = new Upstream(vertx);
    backends = new Backends(database, clock);
    fleet =
        new Fleet(
            new Node(upstream, "instance-of-the-test"),
            HealthSettings.defaults(),
            clock,
            named(nodes),
            "named by the test",
            backends.draining(),
            this::tell);
    fleet.start();
    Control control = new Control(parts(access, clock, heartbeat), List.of(models(clock)));
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(control.visitors());
    for (Route route : Route.values()) {
      visitors.putIfAbsent(
          route, visit -> Replies.text(visit.request(), 200, "text/plain", "the data plane"));
    }
    port =
        new Door(
                vertx,
                ServerSettings.defaults(),
                guard(access),
                visitors,
                "instance-of-the-test",
                "here")
            .open("127.0.0.1", 0, 1)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  static RunningControl in(Path home, OllamaNode... nodes) {
    return looked(new RunningControl(home, Parts.HEARTBEAT, false, nodes));
  }

  static RunningControl pullingFrom(Path home, RegistryDouble registry) {
    Yard yard = new Yard(home.resolve("yard"), registry);
    return new RunningControl(home, yard, Parts.HEARTBEAT, false);
  }

  static RunningControl withHeartbeat(Path home, Duration heartbeat) {
    return new RunningControl(home, heartbeat, false);
  }

  static RunningControl withKeysInForce(Path home, OllamaNode... nodes) {
    return looked(new RunningControl(home, Parts.HEARTBEAT, true, nodes));
  }

  private static RunningControl looked(RunningControl control) {
    control.await(() ->
        control.fleet.snapshot().backends().stream()
            .allMatch(backend -> backend.state() == Backend.State.UP));
    return control;
  }

  private Parts parts(Access access, Clock clock, Duration heartbeat) {
    return new Parts(
        fleet,
        this::assignments,
        keys,
        adminKey,
        access::keysInForce,
        backends,
        journal,
        yard.pulls(),
        () -> List.of(new SettingView("server.port", "11435", "default")),
        () ->
            new Parts.Facts(
                "1.2.3", "0.33.0", Instant.EPOCH, "http://127.0.0.1:1", "", List.of("a note")),
        () -> new EngineView(true, "own runner, cpu", "", List.of(), List.of()),
        name ->
            name.equals("ns/a:1")
                ? Optional.of(new RunnerLog(name, 7, 3, List.of("loading")))
                : Optional.empty(),
        () -> "# metrics\n",
        () -> 4,
        () -> unready,
        () -> started,
        clock,
        heartbeat);
  }

  private Assignments assignments() {
    return Assignments.of("markov-a", aliases).choosing(active);
  }

  private ModelCalls models(Clock clock) {
    Recorder recorder = new Recorder(catalog);
    Here here =
        new Here(
            Inventory::read,
            () -> new FitGrid("4096", "1", "f16", "512", "auto", "cpu", false).expand(1).getFirst(),
            Correction.Book.EMPTY,
            clock);
    return new ModelCalls(
        new LibraryParts(
            fleet,
            new Management(upstream, "instance-of-the-test"),
            this::assignments,
            library,
            catalog,
            protection,
            active,
            () -> {},
            () -> new CatalogSettings(List.of(), Duration.ofHours(1), adopt),
            recorder::of,
            new Glances(here, _ -> Optional.empty(), clock)));
  }

  private void tell(FleetEvent event) {
    journal.notice(Entry.Level.INFO, "backend", event.backend(), event.after().word(), event.why());
  }

  private static Guard guard(Access access) {
    return new Guard() {
      @Override
      public Verdict judge(Route route, List<String> authorization, List<String> apiKeys) {
        Credentials shown = Credentials.from(authorization, apiKeys);
        return switch (access.judge(route, shown)) {
          case Decision.Refused no -> new Verdict.Stay(no.problem(), no.wrongKey());
          case Decision.Allowed yes -> new Verdict.Enter(yes.caller().name(), scopes(yes.caller()));
        };
      }

      @Override
      public boolean keysInForce() {
        return access.keysInForce();
      }
    };
  }

  private static Set<Scope> scopes(Caller caller) {
    Set<Scope> scopes = EnumSet.allOf(Scope.class);
    scopes.removeIf(scope -> !caller.may(scope));
    return scopes;
  }

  private static List<Named> named(OllamaNode... nodes) {
    List<Named> named = new ArrayList<>();
    for (OllamaNode node : nodes) {
      BackendSettings usual = BackendSettings.defaults();
      String name = "node" + (named.size() + 1);
      named.add(
          new Named(
              new BackendSettings(
                  name, node.url().toString(), usual.kind(), usual.key(), 1, List.of()),
              "config"));
    }
    return named;
  }

  int port() {
    return port;
  }

  Answer get(String path, String... headers) {
    return ask("GET", path, Body.EMPTY, headers);
  }

  Answer post(String path, String json) {
    return ask("POST", path, Body.of(json), "Content-Type", "application/json");
  }

  Answer put(String path, String json) {
    return ask("PUT", path, Body.of(json), "Content-Type", "application/json");
  }

  Answer delete(String path) {
    return ask("DELETE", path, Body.EMPTY);
  }

  Answer ask(String method, String path, Body body, String... headers) {
    try (RawClient client = RawClient.connect(port)) {
      return client.request(method, path, Headers.of(headers), body).answer();
    }
  }

  /// Makes a key and returns its secret.
  String key(String name, String scope) {
    return switch (keys.create(name, Set.of(Scope.named(scope).orElseThrow()), null)) {
      case Keys.Creation.Created made -> made.secret();
      case Keys.Creation.Refused no -> throw new IllegalStateException(no.problem().text());
    };
  }

  void exchanged(String id, String model) {
    journal.accept(
        new ExchangeEvent(
            id,
            Instant.parse("2026-08-01T12:00:00Z"),
            "CHAT",
            "local",
            model,
            model,
            "node1",
            200,
            Outcome.ANSWERED,
            1,
            true,
            10,
            20,
            5_000_000,
            50_000_000,
            3,
            4,
            false,
            40_000_000));
  }

  void await(BooleanSupplier done) {
    Await.until(done, "it is as expected");
  }

  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    fleet.close();
    upstream.close();
    keys.close();
    yard.close();
    libraryFile.close();
    database.close();
    journal.close();
  }
}
