package dev.corral.control;

import dev.corral.door.Replies;
import dev.corral.door.Visit;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// The page at `/` and its assets, from the classpath. Whoever is no browser gets Ollama's own
/// sentence there, which is how clients find out that a server is one.
final class Page {
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String OLLAMA_LIVES = "Ollama is running";
  private static final String NOT_BUILT =
      """
      Corral is running, but this build has no page.
      Build it with the page: run ./corral, or mvn package without -Dskip.web.
      Everything the page does is also a command: corral list, corral backends list, corral run MODEL.
      """;

  /// Only what the bundler writes; so no name leads out of the folder.
  private static final Pattern ASSET = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)+");

  private final Map<String, Buffer> loaded = new ConcurrentHashMap<>();

  void root(Visit visit) {
    String accept = visit.request().getHeader("Accept");
    HttpServerResponse response = visit.request().response();
    response.putHeader("Vary", "Accept");
    if (accept == null || !accept.contains("text/html")) {
      Replies.text(visit.request(), 200, TEXT, OLLAMA_LIVES);
      return;
    }
    send(visit, "index.html", PageHeaders.forPage(), 200, NOT_BUILT);
  }

  void asset(Visit visit) {
    String name = visit.rest();
    if (!ASSET.matcher(name).matches()) {
      Replies.text(visit.request(), 404, TEXT, "404 page not found");
      return;
    }
    send(visit, "assets/" + name, PageHeaders.forAsset(name), 404, "404 page not found");
  }

  /// Reads on a virtual thread, because a jar lies on a disk; the second time from memory.
  private void send(
      Visit visit, String file, Map<String, String> headers, int elseStatus, String elseText) {
    Context loop = Calls.loop();
    Thread.ofVirtual()
        .name("page")
        .start(() -> {
          Optional<Buffer> found = find(file);
          loop.runOnContext(_ -> reply(visit, found, headers, elseStatus, elseText));
        });
  }

  private static void reply(
      Visit visit,
      Optional<Buffer> found,
      Map<String, String> headers,
      int elseStatus,
      String elseText) {
    HttpServerResponse response = visit.request().response();
    if (response.ended() || response.closed()) {
      return;
    }
    if (found.isEmpty()) {
      Replies.text(visit.request(), elseStatus, TEXT, elseText);
      return;
    }
    headers.forEach(response::putHeader);
    Replies.whole(visit.request(), 200, "", found.get());
  }

  private Optional<Buffer> find(String file) {
    Buffer known = loaded.get(file);
    if (known != null) {
      return Optional.of(known);
    }
    try (InputStream source = Page.class.getResourceAsStream("/web/" + file)) {
      if (source == null) {
        return Optional.empty();
      }
      Buffer content = Buffer.buffer(source.readAllBytes());
      loaded.put(file, content);
      return Optional.of(content);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
