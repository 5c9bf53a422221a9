package dev.corral.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A lively double of one Ollama server: the routes, shapes, headers and error texts of
/// v0.33.0-rc2, with models that say known sentences.
///
/// ```java
/// try (OllamaNode node = OllamaNode.start()) {
///   node.injectOnce(Fault.cutAfter(3));
///   // POST node.url() + "/api/chat" {"model": "markov-a", …}
///   node.awaitExchange("/api/chat", Duration.ofSeconds(5));
/// }
/// ```
///
/// Left out: images, logprobs, truncation of long prompts, the vendor's cloud.
public final class OllamaNode extends Node {
  /// What it says in `/api/version` unless told otherwise.
  public static final String VERSION = "0.33.0-rc2";

  private static final Headers JSON = Headers.of("Content-Type", "application/json; charset=utf-8");
  private static final Headers TEXT = Headers.of("Content-Type", "text/plain; charset=utf-8");

  @FunctionalInterface
  private interface Handler {
    void answer(Exchange exchange, Reply reply);
  }

  private final String version;
  private final Talk talk;
  private final Management management;
  private final Map<String, Map<String, Handler>> routes = new TreeMap<>();

  private OllamaNode(Builder builder) {
    super(builder.port);
    version = builder.version;
    talk = new Talk(new ModelTable(), builder.pace);
    management = new Management(talk.models());
    for (TestModel model : builder.models.reversed()) {
      add(model);
    }
    listRoutes();
    inferenceRoutes(new NativeInference(talk), new CompatInference(talk));
    open();
  }

  /// A node on a free port with the [models of the recordings][TestModel#markov()].
  public static OllamaNode start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /// How a node is to be.
  public static final class Builder {
    private int port;
    private String version = VERSION;
    private Pace pace = Pace.INSTANT;
    private List<TestModel> models = TestModel.markov();

    private Builder() {}

    /// A fixed port instead of any free one.
    public Builder port(int number) {
      port = number;
      return this;
    }

    public Builder version(String text) {
      version = text;
      return this;
    }

    /// The pace of models that have none of their own.
    public Builder pace(Pace every) {
      pace = every;
      return this;
    }

    /// These models and no others.
    public Builder models(TestModel... only) {
      models = List.of(only);
      return this;
    }

    /// One more model.
    public Builder model(TestModel more) {
      List<TestModel> all = new ArrayList<>(models);
      all.add(more);
      models = all;
      return this;
    }

    public OllamaNode start() {
      return new OllamaNode(this);
    }
  }

  // --- the models ---

  /// Puts a model on the node's disk, or replaces the one of that name.
  public void add(TestModel model) {
    talk.models().put(model.name(), model, "");
  }

  /// Removes a model as `/api/delete` does.
  public void remove(String name) {
    talk.models().remove(name);
  }

  /// Names on disk as `/api/tags` shows them.
  public List<String> modelNames() {
    return talk.models().list().stream().map(ModelTable.Entry::name).toList();
  }

  /// The model behind a name.
  public Optional<TestModel> model(String name) {
    return talk.models().find(name).map(ModelTable.Entry::model);
  }

  /// Whether the model is in memory.
  public boolean isLoaded(String name) {
    return talk.models().find(name).filter(talk.models()::isLoaded).isPresent();
  }

  /// Loads a model for five minutes, as an empty request does.
  public void load(String name) {
    talk.models()
        .find(name)
        .ifPresent(
            entry -> talk.models().touch(entry, entry.model().contextLength(), (Duration) null));
  }

  /// How a pull of that name goes from now on. Without a plan, a name that is here is up to date
  /// and any other is unknown to the registry.
  public void onPull(String name, PullPlan plan) {
    management.plan(name, plan);
  }

  /// The bytes that were uploaded under `sha256:…`.
  public Optional<Body> blob(String digest) {
    return management.blob(digest);
  }

  /// The pace of models that have none of their own, from the next request on.
  public void pace(Pace every) {
    talk.pace(every);
  }

  // --- the routes ---

  private void listRoutes() {
    both("/", (exchange, reply) -> reply.whole(200, TEXT, Wire.ascii("Ollama is running")));
    both(
        "/api/version",
        (exchange, reply) ->
            reply.whole(200, JSON, Json.bytes(Json.object().put("version", version))));
    both("/api/tags", management::tags);
    route("GET", "/api/status", OllamaNode::status);
    route("GET", "/api/ps", management::ps);
    route("POST", "/api/show", management::show);
    route("POST", "/api/copy", management::copy);
    route("DELETE", "/api/delete", management::delete);
    route("POST", "/api/pull", management::pull);
    route("POST", "/api/push", management::push);
    route("POST", "/api/create", management::create);
    route("HEAD", "/api/blobs/*", management::blob);
    route("POST", "/api/blobs/*", management::blob);
    route("POST", "/api/me", refusing(503, "account unavailable"));
    route(
        "POST",
        "/api/experimental/web_search",
        refusing(403, "ollama cloud is disabled: web search is unavailable"));
  }

  private void inferenceRoutes(NativeInference own, CompatInference compat) {
    route("POST", "/api/generate", own::generate);
    route("POST", "/api/chat", own::chat);
    route("POST", "/api/embed", own::embed);
    route("POST", "/api/embeddings", own::embeddingsOld);
    route("POST", "/v1/chat/completions", compat::chat);
    route("POST", "/v1/completions", compat::completions);
    route("POST", "/v1/embeddings", compat::embeddings);
    route("POST", "/v1/messages", compat::messages);
    route("POST", "/v1/responses", compat::responses);
    route("GET", "/v1/models", compat::list);
    route("GET", "/v1/models/*", compat::one);
  }

  private void both(String path, Handler handler) {
    route("HEAD", path, handler);
    route("GET", path, handler);
  }

  private void route(String method, String path, Handler handler) {
    routes.computeIfAbsent(path, p -> new LinkedHashMap<>()).put(method, handler);
  }

  private static Handler refusing(int status, String text) {
    return (exchange, reply) -> {
      throw ApiError.of(status, text);
    };
  }

  private static void status(Exchange exchange, Reply reply) {
    var answer = Json.object();
    answer.putObject("cloud").put("disabled", true).put("source", "env");
    reply.whole(200, JSON, Json.bytes(answer));
  }

  @Override
  void answer(Exchange exchange, Reply reply) {
    Received request = exchange.request();
    String path = request.path();
    Map<String, Handler> methods = routes.get(path);
    int lastSlash = path.lastIndexOf('/');
    if (methods == null && lastSlash > 0 && lastSlash < path.length() - 1) {
      methods = routes.get(path.substring(0, lastSlash) + "/*");
    }
    FrontDoor door = new FrontDoor(request, reply);
    if (door.turnedAway(methods == null ? List.of() : List.copyOf(methods.keySet()))) {
      return;
    }
    if (methods == null) {
      door.unknown(routes.keySet());
      return;
    }
    Handler handler = methods.get(request.method());
    if (handler == null) {
      door.wrongMethod(List.copyOf(methods.keySet()));
      return;
    }
    handler.answer(exchange, door.reply());
  }
}
