package dev.corral.door;

import dev.corral.access.Route;
import dev.corral.access.Scope;
import dev.corral.access.WrongKeys;
import dev.corral.model.Dialect;
import dev.corral.wire.Problem;
import dev.corral.wire.Via;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The one way in. Each request passes the same checks in the same order, before its body is read:
/// loop, Host, route, Origin, key. Then the visitor of its route takes over.
public final class Door {
  /// As nginx and Ollama's own server: longer lines and heads are nobody's honest request.
  static final int MAX_REQUEST_LINE_BYTES = 8 * 1024;

  static final int MAX_HEADER_BYTES = 32 * 1024;

  /// Preflight answers may be kept for half a day, as Ollama says.
  private static final String CORS_SECONDS = "43200";

  private static final String CORS_METHODS = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS";
  private static final String CORS_HEADERS =
      "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,"
          + "X-Stainless-Async,X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,"
          + "X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,X-Stainless-Poll-Helper,"
          + "X-Stainless-Retry-Count,X-Stainless-Runtime,X-Stainless-Runtime-Version,"
          + "X-Stainless-Timeout";

  /// Answered to the last: the process lives while it stops.
  private static final String ALIVE = "/health/live";

  private final Vertx vertx;
  private final Guard guard;
  private final Map<Route, Visit.Visitor> visitors;
  private final String instance;
  private final String idPrefix;
  private final AtomicLong ids = new AtomicLong();
  private final WrongKeys wrongKeys = new WrongKeys(InstantSource.system());
  private volatile Origins origins;
  private volatile boolean shut;

  /// @param visitors one for each route; a route without one stops the start
  /// @param instance this program's id, by which a circle is recognised
  public Door(
      Vertx vertx,
      ServerSettings settings,
      Guard guard,
      Map<Route, Visit.Visitor> visitors,
      String instance,
      String machine) {
    for (Route route : Route.values()) {
      if (!visitors.containsKey(route)) {
        throw new IllegalStateException("no visitor for the route " + route);
      }
    }
    this.vertx = vertx;
    this.guard = guard;
    this.visitors = Map.copyOf(visitors);
    this.instance = instance;
    this.idPrefix = instance.substring(0, 6);
    this.origins = new Origins(settings.origins(), settings.hosts(), machine);
  }

  /// A changed configuration: other pages and names may come in from now on.
  public void admit(ServerSettings settings, String machine) {
    origins = new Origins(settings.origins(), settings.hosts(), machine);
  }

  /// From now on nothing new is begun; what is being answered goes on.
  public void shut() {
    shut = true;
  }

  /// Listens with one server for each event loop.
  ///
  /// @return the port that was bound
  public Future<Integer> open(String host, int port, int loops) {
    AtomicInteger bound = new AtomicInteger(port);
    DeploymentOptions options = new DeploymentOptions().setInstances(loops);
    Future<String> listening = vertx.deployVerticle(() -> new Listener(host, port, bound), options);
    return listening.map(_ -> bound.get());
  }

  private final class Listener extends AbstractVerticle {
    private final String host;
    private final int port;
    private final AtomicInteger bound;

    Listener(String host, int port, AtomicInteger bound) {
      this.host = host;
      this.port = port;
      this.bound = bound;
    }

    @Override
    public void start(Promise<Void> started) {
      HttpServerOptions options =
          new HttpServerOptions()
              .setHost(host)
              // A negative port is one free port that all listeners of a deployment share.
              .setPort(port == 0 ? -1 : port)
              .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
              .setMaxHeaderSize(MAX_HEADER_BYTES)
              .setHandle100ContinueAutomatically(false)
              .setHttp2ClearTextEnabled(false)
              .setCompressionSupported(false)
              // No route of ours is a WebSocket; their handlers would look at every message.
              .setPerFrameWebSocketCompressionSupported(false)
              .setPerMessageWebSocketCompressionSupported(false)
              .setTcpNoDelay(true);
      SlowHeads heads = new SlowHeads().every(vertx);
      vertx
          .createHttpServer(options)
          .requestHandler(Door.this::welcome)
          .invalidRequestHandler(Door.this::unclear)
          .connectionHandler(connection -> {
            Framing.strict(connection, options, heads);
            // A client that resets its connection is told to the exchange, not to the log.
            connection.exceptionHandler(_ -> {});
          })
          .listen()
          .onSuccess(server -> bound.set(server.actualPort()))
          .<Void>mapEmpty()
          .onComplete(started);
    }
  }

  /// A fault of ours must not leave a client waiting.
  private void welcome(HttpServerRequest request) {
    try {
      enter(request);
    } catch (RuntimeException | Error e) {
      Replies.mistake(request, Visit.dialect(request.path()), e);
    }
  }

  /// What could not be decoded, so that nothing behind it on its connection can be either.
  private void unclear(HttpServerRequest request) {
    numbered(request);
    Problem problem = Framing.problem(request.decoderResult().cause());
    request.response().putHeader("Connection", "close");
    Replies.problem(request, Visit.dialect(request.path()), problem);
    Farewell.soon(request);
  }

  /// Every answer carries its exchange's id.
  private String numbered(HttpServerRequest request) {
    String id = idPrefix + Long.toString(ids.incrementAndGet(), Character.MAX_RADIX);
    request.response().putHeader("X-Corral-Exchange", id).putHeader("X-Request-Id", id);
    return id;
  }

  private void enter(HttpServerRequest request) {
    String id = numbered(request);
    HttpServerResponse response = request.response();
    MultiMap headers = request.headers();
    String path = request.path();
    if (path == null || path.isEmpty() || path.charAt(0) != '/') {
      Replies.problem(request, Dialect.PLAIN, Problem.of(400, "400 bad request"));
      return;
    }
    if (Via.holds(headers.get(Via.HEADER), instance)) {
      Replies.problem(request, Visit.dialect(path), circle());
      return;
    }
    if (shut && !path.equals(ALIVE)) {
      response.putHeader("Connection", "close");
      Replies.problem(request, Visit.dialect(path), stopping());
      return;
    }
    switch (Route.find(request.method().name(), path)) {
      case Route.Match.Found found -> enter(request, found, id);
      case Route.Match.WrongMethod wrong -> wrongMethod(request, wrong);
      case Route.Match.Unknown _ -> unknown(request, path);
    }
  }

  private void enter(HttpServerRequest request, Route.Match.Found found, String id) {
    Route route = found.route();
    MultiMap headers = request.headers();
    Problem stranger = route.demand().isEmpty() && !route.page() ? null : stranger(headers);
    if (stranger != null) {
      Replies.problem(request, Visit.dialect(route, headers), stranger);
      return;
    }
    String origin = headers.get("Origin");
    if (!originMayEnter(request, route, origin)) {
      return;
    }
    Guard.Verdict verdict =
        guard.judge(route, headers.getAll("Authorization"), headers.getAll("X-Api-Key"));
    switch (verdict) {
      case Guard.Verdict.Stay stay -> stay(request, route, stay);
      case Guard.Verdict.Enter enter -> {
        Visit visit =
            new Visit(
                request,
                route,
                found.rest(),
                enter.caller(),
                enter.scopes(),
                id,
                System.nanoTime());
        Visit.Visitor visitor = visitors.get(route);
        if (visitor == null) {
          throw new IllegalStateException("checked in the constructor");
        }
        visitor.visit(visit);
      }
    }
  }

  private void stay(HttpServerRequest request, Route route, Guard.Verdict.Stay stay) {
    int wait = stay.wrongKey() ? wrongKeys.note(request.remoteAddress().hostAddress()) : 0;
    Problem problem =
        wait == 0
            ? stay.problem()
            : Problem.of(
                    429,
                    "Too many unknown keys came from your address",
                    "Send a key that was made here, or wait " + wait + " seconds.")
                .retryAfter(wait);
    Replies.problem(request, Visit.dialect(route, request.headers()), problem);
  }

  /// Without keys only this machine may come in; a name from outside or the mark of a proxy means
  /// that somebody else's page or network reached us.
  private @Nullable Problem stranger(MultiMap headers) {
    if (guard.keysInForce()) {
      return null;
    }
    String host = headers.get("Host");
    if (!origins.knownHost(host)) {
      return Problem.of(
          421,
          "This server does not answer to the name in your Host header while no keys are in force",
          "Use http://localhost, add the name to 'server.hosts', or make a key: corral keys create"
              + " NAME");
    }
    if (headers.contains("X-Forwarded-For")
        || headers.contains("Forwarded")
        || headers.contains("X-Forwarded-Host")) {
      return Problem.of(
          421,
          "This request came through a proxy, and no keys are in force",
          "Make a key, then callers send it: corral keys create NAME");
    }
    return null;
  }

  /// Answers a page from elsewhere, or lets it in with the headers that let it read the answer.
  private boolean originMayEnter(HttpServerRequest request, Route route, @Nullable String origin) {
    MultiMap headers = request.headers();
    boolean foreign =
        origin == null
            ? route.changes() && "cross-site".equals(headers.get("Sec-Fetch-Site"))
            : !Origins.same(origin, headers.get("Host"));
    if (!foreign) {
      return contentTypeMayEnter(request, route, origin != null);
    }
    boolean inference = route.demand().filter(Scope.INFER::equals).isPresent();
    if (origin != null && inference && origins.allowed(origin)) {
      request
          .response()
          .putHeader("Access-Control-Allow-Origin", origin)
          .putHeader("Vary", "Origin");
      return true;
    }
    if (route.dialect() == Dialect.MANAGE) {
      Replies.problem(
          request,
          Dialect.MANAGE,
          Problem.of(
              403,
              "Pages of other origins may not manage this server",
              "Use the page at / or the command line."));
    } else {
      Replies.text(request, 403, "", "");
    }
    return false;
  }

  /// A form cannot send JSON across origins, so asking for JSON keeps forms out.
  private static boolean contentTypeMayEnter(
      HttpServerRequest request, Route route, boolean browser) {
    boolean bodied =
        request.method().name().equals("POST") || request.method().name().equals("PUT");
    boolean asksForJson = route.dialect() == Dialect.MANAGE || browser;
    if (!bodied || !route.changes() || !asksForJson || route == Route.BLOB) {
      return true;
    }
    String type = request.getHeader("Content-Type");
    if (type != null && type.toLowerCase(Locale.ROOT).startsWith("application/json")) {
      return true;
    }
    Replies.problem(
        request,
        route.dialect(),
        Problem.of(415, "Changes are sent as JSON", "Set Content-Type: application/json."));
    return false;
  }

  private void wrongMethod(HttpServerRequest request, Route.Match.WrongMethod wrong) {
    String origin = request.getHeader("Origin");
    String allowed = String.join(", ", wrong.allowed());
    if (origin == null || !request.method().name().equals("OPTIONS")) {
      request.response().putHeader("Allow", allowed);
      if (wrong.dialect() == Dialect.MANAGE) {
        Problem no = Problem.of(405, "This path has another method", "It takes: " + allowed + ".");
        Replies.problem(request, wrong.dialect(), no);
      } else {
        Replies.text(request, 405, "text/plain", "405 method not allowed");
      }
      return;
    }
    if (wrong.dialect() == Dialect.MANAGE || !origins.allowed(origin)) {
      Replies.text(request, 403, "", "");
      return;
    }
    request
        .response()
        .putHeader("Access-Control-Allow-Headers", CORS_HEADERS)
        .putHeader("Access-Control-Allow-Methods", CORS_METHODS)
        .putHeader("Access-Control-Allow-Origin", origin)
        .putHeader("Access-Control-Max-Age", CORS_SECONDS)
        .putHeader("Allow", allowed)
        .putHeader("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        .setStatusCode(204)
        .end();
  }

  /// Small slips in a path are mended as Ollama mends them; anything else is unknown.
  private static void unknown(HttpServerRequest request, String path) {
    String mended = path.replaceAll("/{2,}", "/");
    boolean slash = mended.length() > 1 && mended.endsWith("/");
    String target = slash ? mended.substring(0, mended.length() - 1) : mended;
    boolean known =
        !target.equals(path)
            && !target.equals("/")
            && Route.find(request.method().name(), target) instanceof Route.Match.Found;
    if (known) {
      boolean moved = slash && mended.equals(path) && request.method().name().equals("GET");
      String words = moved ? "Moved Permanently" : "Temporary Redirect";
      request.response().putHeader("Location", target);
      Replies.text(
          request,
          moved ? 301 : 307,
          "text/html; charset=utf-8",
          "<a href=\"" + target + "\">" + words + "</a>.\n\n");
      return;
    }
    if (Visit.dialect(path) == Dialect.MANAGE) {
      Replies.problem(
          request,
          Dialect.MANAGE,
          Problem.of(
              404, "There is no such management path", "See which there are: /manage/openapi"));
      return;
    }
    Replies.text(request, 404, "text/plain", "404 page not found");
  }

  private static Problem stopping() {
    return Problem.of(503, "This server is stopping", "Try again shortly.").retryAfter(1);
  }

  private static Problem circle() {
    return Problem.of(
        Via.LOOP_STATUS,
        "This request has been here before: a backend leads back to this Corral",
        "Name the real backend in 'backends:' or OLLAMA_BASE_URL.");
  }
}
