package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The typed client of a server: Corral, or for Ollama's own verbs a bare Ollama. A key is shown
/// only when the server wants one, and the key of the home only to a server that proves to hold it
/// (see [Keyring]).
final class Server {
  /// What lists and tells answers at once; a node that is busy may need a while.
  private static final int READ_MILLIS = 60_000;

  /// What works on a model (load, create) takes as long as it takes.
  private static final int FOR_EVER = 0;

  private static final int BUFFER = 1 << 16;

  private final URI base;
  private final Keyring keyring;
  private volatile @Nullable HttpCall open;
  private volatile String answeredBy = "";

  Server(URI base, Keyring keyring) {
    this.base = base;
    this.keyring = keyring;
  }

  URI base() {
    return base;
  }

  JsonNode get(String path) {
    return document("GET", path, null, READ_MILLIS);
  }

  JsonNode post(String path, Object body) {
    return document("POST", path, body, FOR_EVER);
  }

  JsonNode delete(String path, @Nullable Object body) {
    return document("DELETE", path, body, FOR_EVER);
  }

  /// What a path answers, whatever it is.
  ///
  /// @param text the body; empty where there is none
  record Probe(int status, String text) {
    boolean success() {
      return status >= 200 && status < 300;
    }
  }

  /// Asks without a key and takes any answer.
  ///
  /// @throws Failure where nobody answers
  Probe probe(String path) {
    try (HttpCall call = HttpCall.connect(base, READ_MILLIS)) {
      int status = call.send("GET", target(path), Map.of(), -1, _ -> {});
      return new Probe(status, text(call));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /// True where it is a Corral; an Ollama knows no management.
  boolean manages() {
    Probe session = probe("/manage/session");
    return session.success() && Json.read(session.text()).has("keysInForce");
  }

  /// True for a success, false for 404.
  boolean has(String path) {
    try (HttpCall call = request("HEAD", path, null, READ_MILLIS)) {
      return true;
    } catch (Failure failure) {
      if (failure.exit() == Exit.MISSING) {
        return false;
      }
      throw failure;
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private JsonNode document(String method, String path, @Nullable Object body, int readMillis) {
    try (HttpCall call = request(method, path, body, readMillis)) {
      String text = text(call);
      JsonNode document = Json.read(text.isBlank() ? "{}" : text);
      if (document.isMissingNode()) {
        throw notOurs("answered something that is no JSON");
      }
      return document;
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /// Hands over each line of a stream as it comes. A line with `error` is a failure, and so is a
  /// stream that is cut off.
  void stream(String path, Object body, Consumer<JsonNode> each) {
    try (HttpCall call = start(path, body)) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(call.body(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          each.accept(event(line));
        }
      }
    } catch (IOException e) {
      throw new Failure(
          Exit.FAILED,
          "the answer of " + base + " broke off (" + Answers.words(e) + ")",
          "See what happened there: corral logs");
    }
  }

  private HttpCall start(String path, Object body) {
    try {
      return request("POST", path, body, FOR_EVER);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private JsonNode event(String line) {
    JsonNode event = Json.read(line);
    if (event.isMissingNode()) {
      throw notOurs("sent a line that is no JSON");
    }
    if (event.has("error")) {
      throw Answers.late(event);
    }
    return event;
  }

  /// Sends a file as a request body, telling the bytes sent so far.
  void upload(String path, Path file, LongConsumer sent) {
    try (HttpCall call = HttpCall.connect(base, FOR_EVER)) {
      open = call;
      Map<String, String> headers = headers();
      headers.put("Content-Type", "application/octet-stream");
      call.send("POST", target(path), headers, Files.size(file), sink -> copy(file, sink, sent));
      checked(call, path);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private static void copy(Path file, OutputStream sink, LongConsumer sent) throws IOException {
    try (InputStream source = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      long total = 0;
      for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
        sink.write(buffer, 0, n);
        total += n;
        sent.accept(total);
      }
    }
  }

  /// Ends the exchange that is open, from another thread; its reader fails.
  void hangUp() {
    HttpCall call = open;
    if (call != null) {
      try {
        call.close();
      } catch (IOException _) {
        // It is over either way.
      }
    }
  }

  private HttpCall request(String method, String path, @Nullable Object body, int readMillis)
      throws IOException {
    byte[] bytes = body == null ? null : Json.line(body).getBytes(StandardCharsets.UTF_8);
    HttpCall call = attempt(method, path, bytes, readMillis);
    if (call.status() == 401 && keyring.unlock(this::session)) {
      call.close();
      call = attempt(method, path, bytes, readMillis);
    }
    return checked(call, path);
  }

  private HttpCall attempt(String method, String path, byte @Nullable [] body, int readMillis)
      throws IOException {
    HttpCall call = HttpCall.connect(base, readMillis);
    open = call;
    Map<String, String> headers = headers();
    if (body != null) {
      headers.put("Content-Type", "application/json");
    }
    byte[] bytes = body == null ? new byte[0] : body;
    call.send(method, target(path), headers, body == null ? -1 : body.length, s -> s.write(bytes));
    return call;
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    keyring.shown().ifPresent(key -> headers.put("Authorization", "Bearer " + key));
    return headers;
  }

  private String target(String path) {
    String prefix = base.getRawPath();
    return prefix == null ? path : prefix + path;
  }

  /// The backend that answered last, where the server says it; else empty.
  String answeredBy() {
    return answeredBy;
  }

  private HttpCall checked(HttpCall call, String path) throws IOException {
    answeredBy = call.header("x-corral-backend");
    if (call.status() < 200 || call.status() > 299) {
      try (call) {
        throw Answers.failure(base, path, call.status(), text(call));
      }
    }
    return call;
  }

  private static String text(HttpCall call) throws IOException {
    return new String(call.body().readAllBytes(), StandardCharsets.UTF_8);
  }

  /// Asks who the server is, without showing it a key.
  private JsonNode session(String challenge) {
    try (HttpCall call = HttpCall.connect(base, READ_MILLIS)) {
      Map<String, String> headers = Map.of("X-Corral-Challenge", challenge);
      int status = call.send("GET", target("/manage/session"), headers, -1, _ -> {});
      return status == 200 ? Json.read(text(call)) : Json.object();
    } catch (IOException e) {
      return Json.object();
    }
  }

  private Failure notOurs(String what) {
    return new Failure(
        Exit.FAILED,
        base + " " + what + "; it is neither a Corral nor an Ollama",
        "Point at the right one with --url or CORRAL_URL.");
  }

  private Failure unreachable(IOException cause) {
    String next =
        Answers.local(base)
            ? "Start it with: corral serve"
            : "Is that the right address (--url, CORRAL_URL)? What is wrong tells: corral doctor"
                + " cannot-connect";
    if (cause instanceof ProtocolException) {
      return notOurs("does not speak HTTP");
    }
    if (cause instanceof SocketTimeoutException) {
      return new Failure(Exit.LATE, base + " did not answer in time", next);
    }
    boolean nobody =
        cause instanceof ConnectException
            || cause instanceof NoRouteToHostException
            || cause instanceof UnknownHostException;
    String what =
        nobody
            ? "no server answers at " + base
            : "the connection to " + base + " failed (" + Answers.words(cause) + ")";
    return new Failure(Exit.UNREACHABLE, what, next);
  }

  /// One path segment or query value, percent-encoded.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
