package dev.corral;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// The launcher's training run of a server: for some seconds the traffic that it will live with, of
/// all kinds at once, in front of a node of our own. The JVM writes down which classes that takes
/// and which ways through the code are common, so that later starts compile the right ones at once
/// and not anew when the first stream, the first probe or the first error comes.
final class ServerTraining {
  /// The hidden verb; its word is the address of the server.
  static final String VERB = "train-server";

  /// So many times each caller does everything: a method is known after a few thousand calls.
  static final int ROUNDS = 150;

  private static final int CALLERS = 8;

  /// A machine that is slow stops earlier; the launcher ends what takes a minute.
  static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(20);
  private static final int WAIT_MILLIS = 15_000;
  private static final int WORDS = 10;
  private static final String MODEL = "training:latest";
  private static final String NOBODY = "nobody";

  private record Call(String path, String body) {}

  private static final List<Call> CALLS =
      List.of(
          new Call("/v1/chat/completions", chat(false)),
          new Call("/v1/chat/completions", chat(false)),
          new Call("/v1/chat/completions", chat(true)),
          new Call("/api/chat", chat(true)),
          new Call("/api/chat", chat(false)),
          new Call("/api/generate", "{\"model\":\"" + MODEL + "\",\"prompt\":\"Why?\"}"),
          new Call("/api/embed", "{\"model\":\"" + MODEL + "\",\"input\":\"Why?\"}"),
          new Call("/v1/embeddings", "{\"model\":\"" + MODEL + "\",\"input\":[\"Why?\"]}"),
          new Call("/v1/chat/completions", "{\"model\":\"" + NOBODY + "\",\"messages\":[]}"),
          new Call("/api/tags", ""),
          new Call("/v1/models", ""),
          new Call("/health/ready", ""),
          new Call("/", ""));

  private final String url;
  private final AtomicInteger answers = new AtomicInteger();
  private final long deadline;

  private ServerTraining(String url, Duration patience) {
    this.url = url;
    this.deadline = System.nanoTime() + patience.toNanos();
  }

  /// @param url of the server that is trained, which has no keys in force
  /// @param rounds how often each caller does everything
  /// @param patience after which nothing more is asked
  /// @return 0 where it was answered, else 1
  static int run(String url, int rounds, Duration patience) {
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("http.maxConnections", Integer.toString(CALLERS));
    ServerTraining training = new ServerTraining(url, patience);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer node = HttpServer.create(here(), 0);
      node.setExecutor(callers);
      node.createContext("/", ServerTraining::answer);
      node.start();
      try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
        String named = "http://127.0.0.1:" + node.getAddress().getPort();
        training.call("/manage/backends", "{\"name\":\"training\",\"url\":\"" + named + "\"}");
        if (training.answers.get() > 0) {
          training.awaitModel();
          for (int caller = 0; caller < CALLERS; caller++) {
            all.execute(() -> training.live(rounds));
          }
        }
      }
      node.stop(0);
    } catch (IOException e) {
      return 1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    }
    return training.answers.get() > 0 ? 0 : 1;
  }

  private static InetSocketAddress here() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /// Until the server has looked at the node.
  private void awaitModel() throws InterruptedException {
    while (System.nanoTime() < deadline && !call("/v1/models", "").contains(MODEL)) {
      Thread.sleep(LOOK);
    }
  }

  private void live(int rounds) {
    for (int round = 0; round < rounds; round++) {
      for (Call call : CALLS) {
        if (System.nanoTime() > deadline) {
          return;
        }
        call(call.path, call.body);
      }
      if (round % 10 == 0) {
        leave();
      }
    }
  }

  private String call(String path, String body) {
    try {
      HttpURLConnection call = open(path, body);
      try (InputStream answer =
          call.getResponseCode() < 400 ? call.getInputStream() : call.getErrorStream()) {
        answers.incrementAndGet();
        // An error without a body has no stream.
        return answer == null ? "" : new String(answer.readAllBytes(), UTF_8);
      }
    } catch (IOException _) {
      // A call that fails trains as well as one that is answered.
      return "";
    }
  }

  /// As a caller who has read enough.
  private void leave() {
    try {
      HttpURLConnection call = open("/api/chat", chat(true));
      var _ = call.getInputStream().read();
      call.disconnect();
    } catch (IOException _) {
      // Gone is gone.
    }
  }

  private HttpURLConnection open(String path, String body) throws IOException {
    HttpURLConnection call = (HttpURLConnection) URI.create(url + path).toURL().openConnection();
    call.setConnectTimeout(WAIT_MILLIS);
    call.setReadTimeout(WAIT_MILLIS);
    if (!body.isEmpty()) {
      call.setRequestProperty("Content-Type", "application/json");
      call.setDoOutput(true);
      call.setFixedLengthStreamingMode(body.length());
      try (OutputStream out = call.getOutputStream()) {
        out.write(body.getBytes(UTF_8));
      }
    }
    return call;
  }

  private static String chat(boolean stream) {
    return "{\"model\":\""
        + MODEL
        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}],\"stream\":"
        + stream
        + "}";
  }

  // --- the node ---

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    boolean streams = asked.contains("\"stream\":true") || path.equals("/api/generate");
    boolean known = !asked.contains(NOBODY);
    exchange.getResponseHeaders().set("Content-Type", type(path, streams));
    byte[] whole = (known ? whole(path) : "{\"error\":\"model not found\"}").getBytes(UTF_8);
    exchange.sendResponseHeaders(known ? 200 : 404, streams ? 0 : whole.length);
    try (OutputStream out = exchange.getResponseBody()) {
      if (!streams) {
        out.write(whole);
        return;
      }
      for (int word = 0; word < WORDS; word++) {
        out.write(frame(path, word == WORDS - 1).getBytes(UTF_8));
        out.flush();
      }
    }
  }

  private static String type(String path, boolean streams) {
    if (!streams) {
      return "application/json";
    }
    return path.startsWith("/v1") ? "text/event-stream" : "application/x-ndjson";
  }

  private static String whole(String path) {
    return switch (path) {
      case "/api/version" -> "{\"version\":\"0.33.0\"}";
      case "/api/tags" ->
          "{\"models\":[{\"name\":\"training:latest\",\"model\":\"training:latest\","
              + "\"modified_at\":\"2026-01-02T03:04:05Z\",\"size\":1,\"digest\":\"0123456789abcdef\","
              + "\"details\":{\"family\":\"llama\"}}]}";
      case "/api/ps" -> "{\"models\":[]}";
      case "/api/embed" ->
          "{\"model\":\"training:latest\",\"embeddings\":[[0.1]],\"prompt_eval_count\":1}";
      case "/v1/embeddings" ->
          "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"embedding\":[0.1],\"index\":0}],"
              + "\"model\":\"training:latest\",\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}";
      case "/v1/chat/completions" ->
          "{\"id\":\"1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"training:latest\","
              + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Light.\"},"
              + "\"finish_reason\":\"stop\"}],"
              + "\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}}";
      default -> frame(path, true);
    };
  }

  private static String frame(String path, boolean last) {
    if (path.startsWith("/v1")) {
      return "data:"
          + " {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"training:latest\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
          + " sky\"},"
          + ("\"finish_reason\":" + (last ? "\"stop\"" : "null") + "}]}\n\n")
          + (last ? "data: [DONE]\n\n" : "");
    }
    String text =
        path.equals("/api/generate")
            ? "\"response\":\" sky\""
            : "\"message\":{\"role\":\"assistant\",\"content\":\" sky\"}";
    return "{\"model\":\"training:latest\",\"created_at\":\"2026-01-02T03:04:05Z\","
        + text
        + (last
            ? ",\"done\":true,\"done_reason\":\"stop\",\"total_duration\":1,\"eval_count\":10}\n"
            : ",\"done\":false}\n");
  }
}
