package dev.corral.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A server on a real socket that answers what a test says and remembers what it was asked.
final class Station implements AutoCloseable {
  interface Reply {
    void to(HttpExchange exchange, String body) throws IOException;
  }

  /// @param key what the `Authorization` header said; empty for none
  record Asked(String route, String body, String key) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Reply> replies = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  Station() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// @param route such as `GET /api/tags`
  Station on(String route, Reply reply) {
    replies.put(route, reply);
    return this;
  }

  Station answering(String route, int status, String body) {
    return on(route, (exchange, _) -> send(exchange, status, body));
  }

  /// Bodies of all requests to that route, in order.
  List<String> bodies(String route) {
    return asked.stream().filter(one -> one.route().equals(route)).map(Asked::body).toList();
  }

  static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  /// Sends each line as a chunk of its own.
  static void lines(HttpExchange exchange, String... lines) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (String line : lines) {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
      }
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    String route = exchange.getRequestMethod() + " " + exchange.getRequestURI();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    asked.add(new Asked(route, body, key.equals("null") ? "" : key));
    Reply unknown = (at, _) -> send(at, 404, "");
    replies.getOrDefault(route, unknown).to(exchange, body);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
