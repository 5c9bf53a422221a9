package dev.corral;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.assign.Assignments;
import dev.corral.config.Given;
import dev.corral.config.Loaded;
import dev.corral.config.OllamaVariables;
import dev.corral.config.Sources;
import dev.corral.config.Variables;
import dev.corral.door.Door;
import dev.corral.door.Guard;
import dev.corral.door.Replies;
import dev.corral.door.Visit;
import dev.corral.fleet.BackendSettings;
import dev.corral.fleet.Fleet;
import dev.corral.fleet.Named;
import dev.corral.fleet.Search;
import dev.corral.gateway.Gateway;
import dev.corral.gateway.GatewaySettings;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import dev.corral.ollama.Node;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Builds the server on one page and closes it in reverse.
public final class Wiring implements AutoCloseable {
  private final Vertx vertx;
  private final Upstream upstream;
  private final Fleet fleet;
  private final int port;
  private final String host;

  private Wiring(Settings settings, Sources sources) throws Exception {
    String instance = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    int loops = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 8);
    vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(loops));
    upstream = new Upstream(vertx);
    Node node = new Node(upstream, instance);
    fleet =
        new Fleet(
            node,
            settings.health(),
            Clock.systemUTC(),
            backends(settings, sources.variables()),
            "",
            _ -> {});
    Gateway gateway =
        new Gateway(
            vertx,
            upstream,
            fleet,
            new Budget(settings.limits().bodies().count()),
            new Turnstile(settings.limits().concurrent(), settings.limits().queue()),
            new GatewaySettings(
                Assignments.of(settings.defaultModel(), settings.aliases()),
                settings.limits().body().count(),
                settings.server().headers()),
            () -> false,
            instance,
            _ -> {});
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(gateway.visitors());
    for (Route route : Route.values()) {
      visitors.putIfAbsent(
          route,
          visit ->
              Replies.text(visit.request(), 200, "text/plain; charset=utf-8", "Ollama is running"));
    }
    Guard guard =
        new Guard() {
          @Override
          public Verdict judge(Route route, List<String> authorization, List<String> apiKeys) {
            return new Verdict.Enter("local", EnumSet.allOf(Scope.class));
          }

          @Override
          public boolean keysInForce() {
            return false;
          }
        };
    Door door = new Door(vertx, settings.server(), guard, visitors, instance, "localhost");
    host = settings.server().host();
    port =
        door.open(host, settings.server().port(), loops)
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    fleet.start();
  }

  static void serve(String[] args) {
    try {
      List<String> words = List.of(args).subList(1, args.length);
      Arguments arguments = Arguments.parse(words, System.getenv());
      Sources sources = Sources.ofProcess(arguments.home(), arguments.config(), arguments.flags());
      Wiring wiring = start(sources);
      System.out.println("Corral listens on http://" + wiring.host + ":" + wiring.port);
      Thread.currentThread().join();
    } catch (Exception e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  /// Starts the whole program and returns when it serves.
  public static Wiring start(
      Path home,
      @Nullable Path config,
      Map<String, String> flags,
      Map<String, String> environment) {
    try {
      return start(new Sources(flags, environment, Path.of(""), home, config));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  public boolean looked() {
    return fleet.snapshot().backends().stream().noneMatch(b -> b.checkedAt() == null);
  }

  static Wiring start(Sources sources) throws Exception {
    return switch (Configuration.load(sources)) {
      case Loaded.Valid<Settings> valid -> new Wiring(valid.settings(), sources);
      case Loaded.Invalid<Settings> invalid ->
          throw new IllegalArgumentException(invalid.problems().toString());
    };
  }

  private static List<Named> backends(Settings settings, Variables variables) {
    if (!settings.backends().isEmpty()) {
      List<Named> named = new ArrayList<>();
      for (BackendSettings backend : settings.backends()) {
        named.add(new Named(backend, "config"));
      }
      return named;
    }
    Optional<Given> given = OllamaVariables.backend(variables);
    return given
        .map(one -> List.of(Search.found(one.text(), one.source())))
        .orElse(List.of(Search.found(Search.USUAL, "found")));
  }

  @Override
  public void close() {
    fleet.close();
    upstream.close();
    vertx.close();
  }
}
