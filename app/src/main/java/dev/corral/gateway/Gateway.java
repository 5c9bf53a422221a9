package dev.corral.gateway;

import dev.corral.access.Route;
import dev.corral.dialect.Call;
import dev.corral.dialect.ToOpenAi;
import dev.corral.door.Visit;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.fleet.Fleet;
import dev.corral.limit.Budget;
import dev.corral.limit.Turnstile;
import dev.corral.model.ModelName;
import dev.corral.route.Plan;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The data plane: visitors for every route that a backend answers.
public final class Gateway {
  /// Who answers inside this program for pulls on nodes.
  public static final String PULLS = "pulls";

  private final Vertx vertx;
  private final Upstream upstream;
  private final Fleet fleet;
  private final Budget bodies;
  private final Turnstile turnstile;
  private final BooleanSupplier keysInForce;
  private final String instance;
  private final Consumer<ExchangeEvent> events;
  private final AtomicInteger open = new AtomicInteger();

  /// The names that requests ask for now, for whoever wants to remove a model.
  private final Map<Exchange, String> asked = new ConcurrentHashMap<>();

  private final Map<Thread, SlowSenders<Exchange>> senders = new ConcurrentHashMap<>();
  private final ToOpenAi toOpenAi = new ToOpenAi(Clock.systemUTC(), System::nanoTime);
  private volatile GatewaySettings settings;

  public Gateway(
      Vertx vertx,
      Upstream upstream,
      Fleet fleet,
      Budget bodies,
      Turnstile turnstile,
      GatewaySettings settings,
      BooleanSupplier keysInForce,
      String instance,
      Consumer<ExchangeEvent> events) {
    this.vertx = vertx;
    this.upstream = upstream;
    this.fleet = fleet;
    this.bodies = bodies;
    this.turnstile = turnstile;
    this.settings = settings;
    this.keysInForce = keysInForce;
    this.instance = instance;
    this.events = events;
  }

  /// A changed configuration, in force for the next request.
  public void apply(GatewaySettings settings) {
    this.settings = settings;
  }

  /// Exchanges in flight.
  public int open() {
    return open.get();
  }

  /// How many of them a model answers.
  ///
  /// @param key see [ModelName#key()]
  public int open(String key) {
    return (int)
        asked.values().stream()
            .filter(name -> ModelName.parse(name).filter(one -> one.key().equals(key)).isPresent())
            .count();
  }

  void asks(Exchange exchange, String model) {
    asked.put(exchange, model);
  }

  void asksNoMore(Exchange exchange) {
    asked.remove(exchange);
  }

  /// One visitor for each route of the data plane.
  public Map<Route, Visit.Visitor> visitors() {
    Map<Route, Visit.Visitor> visitors = new EnumMap<>(Route.class);
    Map<String, Call> calls = new HashMap<>();
    for (Call call : Call.values()) {
      calls.put(call.name(), call);
    }
    for (Route route : Route.values()) {
      Call call = calls.get(route.name());
      if (call != null) {
        visitors.put(route, visit -> exchange(visit, call));
      }
    }
    Listings listings = new Listings(this);
    visitors.put(Route.TAGS, listings::tags);
    visitors.put(Route.PS, listings::ps);
    visitors.put(Route.VERSION, listings::version);
    visitors.put(Route.CLOUD_STATUS, listings::cloudStatus);
    visitors.put(Route.V1_MODELS, listings::v1Models);
    visitors.put(Route.V1_MODEL, listings::v1Model);
    Blobs blobs = new Blobs(this);
    visitors.put(Route.BLOB, blobs::visit);
    visitors.put(Route.ACCOUNT, Closed::account);
    visitors.put(Route.SIGN_OUT, Closed::account);
    visitors.put(Route.SIGN_OUT_KEY, Closed::account);
    visitors.put(Route.EXPERIMENTAL, Closed::experimental);
    return visitors;
  }

  private void exchange(Visit visit, Call call) {
    open.incrementAndGet();
    new Exchange(this, visit, call).begin();
  }

  void tell(ExchangeEvent event) {
    open.decrementAndGet();
    events.accept(event);
  }

  /// A body is being read: from now on somebody looks whether it comes.
  void reading(Exchange exchange) {
    senders
        .computeIfAbsent(
            Thread.currentThread(),
            _ -> new SlowSenders<>(Exchange::bodyLength, Exchange::tooSlow).every(vertx))
        .watch(exchange);
  }

  void read(Exchange exchange) {
    SlowSenders<Exchange> mine = senders.get(Thread.currentThread());
    if (mine != null) {
      mine.forget(exchange);
    }
  }

  /// Says who answered and why, as far as the settings let callers know.
  void mark(HttpServerResponse response, Plan plan, Plan.Candidate by, GatewaySettings settings) {
    String which = settings.headers();
    boolean all = which.equals("all") || (which.isEmpty() && !keysInForce.getAsBoolean());
    if (which.equals("none")) {
      return;
    }
    response.putHeader("X-Corral-Model", Printable.header(plan.model()));
    if (all) {
      response.putHeader("X-Corral-Backend", by.backend().name());
      response.putHeader("X-Corral-Why", Printable.header(by.why()));
    }
  }

  /// Those in force.
  public GatewaySettings settings() {
    return settings;
  }

  ToOpenAi toOpenAi() {
    return toOpenAi;
  }

  Vertx vertx() {
    return vertx;
  }

  Upstream upstream() {
    return upstream;
  }

  Fleet fleet() {
    return fleet;
  }

  Budget bodies() {
    return bodies;
  }

  Turnstile turnstile() {
    return turnstile;
  }

  String instance() {
    return instance;
  }

  boolean keysInForce() {
    return keysInForce.getAsBoolean();
  }
}
