package dev.corral.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The typed client of a server: Corral, or for Ollama's own verbs a bare Ollama.
///
/// `HttpURLConnection` and not `java.net.http`, because it starts in a fraction of the time (see
/// docs/decisions), and a command line asks one thing at a time. A key is shown only when the
/// server wants one, and the key of the home only to a server that proves to hold it (see
/// [Keyring]).
final class Server {
  /// How long a server may take to accept a connection; one on the same network does so at once.
  private static final int CONNECT_MILLIS = 5_000;

  static {
    // Else the JDK sends a POST a second time when the server closes without an answer.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  private final URI base;
  private final Keyring keyring;
  private volatile @Nullable HttpURLConnection open;

  Server(URI base, Keyring keyring) {
    this.base = base;
    this.keyring = keyring;
  }

  URI base() {
    return base;
  }

  JsonNode get(String path) {
    return document("GET", path, null);
  }

  JsonNode post(String path, Object body) {
    return document("POST", path, body);
  }

  JsonNode delete(String path, @Nullable Object body) {
    return document("DELETE", path, body);
  }

  /// True for a success, false for 404.
  boolean has(String path) {
    try {
      request("HEAD", path, null).close();
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

  private JsonNode document(String method, String path, @Nullable Object body) {
    try (InputStream answer = request(method, path, body)) {
      String text = new String(answer.readAllBytes(), StandardCharsets.UTF_8);
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
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(request("POST", path, body), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        JsonNode event = Json.read(line);
        if (event.isMissingNode()) {
          throw notOurs("sent a line that is no JSON");
        }
        if (event.has("error")) {
          throw Answers.late(event);
        }
        each.accept(event);
      }
    } catch (IOException e) {
      throw new Failure(
          Exit.FAILED,
          "the answer of " + base + " broke off (" + Answers.words(e) + ")",
          "See what happened there: corral logs");
    }
  }

  /// Sends a file as a request body, telling the bytes sent so far.
  void upload(String path, Path file, LongConsumer sent) {
    try {
      HttpURLConnection connection = connection("POST", path);
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(Files.size(file));
      connection.setRequestProperty("Content-Type", "application/octet-stream");
      try (InputStream source = Files.newInputStream(file);
          OutputStream sink = connection.getOutputStream()) {
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        for (int n = source.read(buffer); n >= 0; n = source.read(buffer)) {
          sink.write(buffer, 0, n);
          total += n;
          sent.accept(total);
        }
      }
      checked(connection).close();
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /// Ends the exchange that is open, from another thread; its reader fails.
  void hangUp() {
    HttpURLConnection connection = open;
    if (connection != null) {
      connection.disconnect();
    }
  }

  private InputStream request(String method, String path, @Nullable Object body)
      throws IOException {
    byte[] bytes = body == null ? null : Json.line(body).getBytes(StandardCharsets.UTF_8);
    HttpURLConnection connection = attempt(method, path, bytes);
    if (connection.getResponseCode() == HttpURLConnection.HTTP_UNAUTHORIZED
        && keyring.unlock(this::session)) {
      connection = attempt(method, path, bytes);
    }
    return checked(connection);
  }

  private HttpURLConnection attempt(String method, String path, byte @Nullable [] body)
      throws IOException {
    HttpURLConnection connection = connection(method, path);
    if (body != null) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.length);
      connection.setRequestProperty("Content-Type", "application/json");
      try (OutputStream sink = connection.getOutputStream()) {
        sink.write(body);
      }
    }
    return connection;
  }

  private HttpURLConnection connection(String method, String path) throws IOException {
    String prefix = base.toString();
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(prefix + path).toURL().openConnection();
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestProperty("Accept", "application/json, application/x-ndjson");
    connection.setRequestProperty("User-Agent", "corral-cli");
    keyring
        .shown()
        .ifPresent(key -> connection.setRequestProperty("Authorization", "Bearer " + key));
    open = connection;
    return connection;
  }

  private InputStream checked(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    if (status >= 200 && status < 300) {
      return connection.getInputStream();
    }
    if (status < 0) {
      throw notOurs("does not speak HTTP");
    }
    String text = "";
    try (InputStream error = connection.getErrorStream()) {
      text = error == null ? "" : new String(error.readAllBytes(), StandardCharsets.UTF_8);
    }
    throw Answers.failure(base, connection.getURL().getPath(), status, text);
  }

  /// Asks who the server is, without showing it a key.
  private JsonNode session(String challenge) {
    try {
      HttpURLConnection connection = connection("GET", "/manage/session");
      connection.setRequestProperty("X-Corral-Challenge", challenge);
      try (InputStream answer = checked(connection)) {
        return Json.read(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException | Failure e) {
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
    return switch (cause) {
      case SocketTimeoutException _ ->
          new Failure(Exit.LATE, base + " did not answer in time", next);
      case ConnectException _, NoRouteToHostException _, UnknownHostException _ ->
          new Failure(Exit.UNREACHABLE, "no server answers at " + base, next);
      default ->
          new Failure(
              Exit.UNREACHABLE,
              "the connection to " + base + " failed (" + Answers.words(cause) + ")",
              next);
    };
  }

  /// One path segment or query value, percent-encoded.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
