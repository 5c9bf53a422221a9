package dev.corral.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.corral.api.BackendView;
import dev.corral.api.EngineView;
import dev.corral.api.ModelView;
import dev.corral.api.ProblemView;
import dev.corral.api.PullView;
import dev.corral.api.Status;
import dev.corral.control.PageHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/// Serves the built page under its own headers and says what a test wants it to say, where the real
/// program could be brought to say it only by luck: states of backends, refusals, borders of
/// chunks.
final class ScriptedCorral implements AutoCloseable {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

  private static final Map<String, Object> CARD =
      Map.of("name", "12 GB", "bytes", 12L << 30, "cards", List.of("RTX 3060"));

  /// What happens when somebody chats; it owns the exchange's output.
  interface Script {
    void play(OutputStream out) throws IOException, InterruptedException;
  }

  /// A request that changes or asks something, as it came.
  record Asked(String path, String body, String authorization) {}

  volatile List<BackendView> backends = List.of();
  volatile List<ModelView> models = List.of();
  volatile List<Map<String, Object>> running = List.of();
  volatile List<PullView> pulls = List.of();
  volatile List<Map<String, Object>> catalog = List.of();
  volatile Map<String, Object> repository = Map.of();
  volatile List<String> notes = List.of();
  volatile EngineView engine = new EngineView(false, "", "", List.of(), List.of());
  volatile String wantedKey = "";
  volatile boolean managing = true;
  volatile int chatStatus = 200;
  volatile Script chat = out -> {};
  final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
  final BlockingQueue<String> queries = new LinkedBlockingQueue<>();
  private final HttpServer server;

  ScriptedCorral(int port) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  String url() {
    return "http://127.0.0.1:" + port() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      if (path.equals("/")) {
        file(exchange, "web/index.html", PageHeaders.forPage());
      } else if (path.startsWith("/assets/")) {
        file(exchange, "web" + path, PageHeaders.forAsset(path));
      } else {
        answer(exchange, path);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, String path) throws IOException, InterruptedException {
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (!exchange.getRequestMethod().equals("GET")) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(new Asked(path, body, authorization == null ? "" : authorization));
    }
    if (!wantedKey.isEmpty() && !("Bearer " + wantedKey).equals(authorization)) {
      json(exchange, 401, problem(401, "This needs a key."));
    } else if (path.startsWith("/manage/") && !managing) {
      json(exchange, 403, problem(403, "The key 'app' may not manage."));
    } else if (path.equals("/manage/status")) {
      json(exchange, 200, status());
    } else if (path.equals("/manage/models")) {
      json(exchange, 200, models);
    } else if (path.startsWith("/manage/pulls")) {
      json(exchange, 200, path.equals("/manage/pulls") ? pulls : Map.of());
    } else if (path.equals("/manage/catalog")) {
      queries.add(String.valueOf(exchange.getRequestURI().getQuery()));
      json(exchange, 200, catalog);
    } else if (path.equals("/manage/hub")) {
      queries.add(String.valueOf(exchange.getRequestURI().getQuery()));
      json(exchange, repository.isEmpty() ? 404 : 200, hub());
    } else if (path.equals("/manage/hardware")) {
      json(exchange, 200, Map.of("classes", List.of(CARD)));
    } else if (path.endsWith("/test")) {
      String name = path.split("/", -1)[3];
      json(exchange, 200, backends.stream().filter(b -> b.name().equals(name)).findFirst().get());
    } else if (path.equals("/api/ps")) {
      json(exchange, 200, Map.of("models", running));
    } else if (path.equals("/api/tags")) {
      json(exchange, 200, Map.of("models", List.of(Map.of("name", "llama3.2:1b", "size", 1_300))));
    } else if (path.equals("/api/generate")) {
      json(exchange, 200, Map.of("done", true, "done_reason", "unload"));
    } else {
      exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
      exchange.getResponseHeaders().set("X-Corral-Backend", "here");
      exchange.sendResponseHeaders(chatStatus, 0);
      chat.play(exchange.getResponseBody());
    }
  }

  private Object hub() {
    return repository.isEmpty()
        ? problem(404, "Hugging Face has no repository of that name.")
        : repository;
  }

  private Status status() {
    return new Status(
        "0.1.0",
        "0.33.0",
        Instant.now(),
        url(),
        "Backends are named in corral.yaml.",
        !wantedKey.isEmpty(),
        0,
        "corral.yaml",
        "llama3.2:1b",
        backends,
        engine,
        notes);
  }

  private static ProblemView problem(int status, String detail) {
    return new ProblemView("about:blank", "Refused", status, detail, "Ask whoever runs it.");
  }

  private static void json(HttpExchange exchange, int status, Object value) throws IOException {
    byte[] body = write(value);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static void file(HttpExchange exchange, String name, Map<String, String> headers)
      throws IOException {
    try (InputStream in = ScriptedCorral.class.getClassLoader().getResourceAsStream(name)) {
      headers.forEach(exchange.getResponseHeaders()::set);
      if (in == null) {
        exchange.sendResponseHeaders(404, -1);
        return;
      }
      byte[] body = in.readAllBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /// One frame of a streamed answer.
  static void frame(OutputStream out, Map<String, ?> frame) throws IOException {
    out.write(write(frame));
    out.write('\n');
    out.flush();
  }

  static void say(OutputStream out, String words) throws IOException {
    frame(out, Map.of("message", Map.of("role", "assistant", "content", words), "done", false));
  }

  static void think(OutputStream out, String words) throws IOException {
    Map<String, String> message = Map.of("role", "assistant", "content", "", "thinking", words);
    frame(out, Map.of("message", message, "done", false));
  }

  static void end(OutputStream out) throws IOException {
    frame(
        out,
        Map.of(
            "message",
            Map.of("role", "assistant", "content", ""),
            "done",
            true,
            "done_reason",
            "stop",
            "eval_count",
            128,
            "eval_duration",
            2_370_000_000L));
  }

  private static byte[] write(Object value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
