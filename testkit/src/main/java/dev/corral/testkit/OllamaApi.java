package dev.corral.testkit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The table of Ollama's routes, and the choice among them.
final class OllamaApi {
  private static final Headers JSON = Headers.of("Content-Type", "application/json; charset=utf-8");
  private static final Headers TEXT = Headers.of("Content-Type", "text/plain; charset=utf-8");

  @FunctionalInterface
  private interface Handler {
    void answer(Exchange exchange, Reply reply);
  }

  private final String version;
  private final Management management;
  private final Map<String, Map<String, Handler>> routes = new TreeMap<>();

  OllamaApi(Talk talk, String version) {
    this.version = version;
    this.management = new Management(talk.models());
    listRoutes();
    inferenceRoutes(new NativeInference(talk), new CompatInference(talk));
  }

  Management management() {
    return management;
  }

  private void listRoutes() {
    both("/", (exchange, reply) -> reply.whole(200, TEXT, Wire.ascii("Ollama is running")));
    both(
        "/api/version",
        (exchange, reply) ->
            reply.whole(200, JSON, Json.bytes(Json.object().put("version", version))));
    both("/api/tags", management::tags);
    route("GET", "/api/status", OllamaApi::status);
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

  /// Answers one request, or throws [ApiError].
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
