package dev.corral.library;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.corral.outbound.Outbound;
import dev.corral.outbound.Patience;
import dev.corral.outbound.Proxies;
import dev.corral.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lists of other people, from a real server.
class RemoteListsTest {

  private static final String LIST =
      """
      [{"id": "guest", "name": "Guest", "repo_id": "them/guest-GGUF", "category": "balanced",
        "filename_template": "guest-{quant}.gguf",
        "quantizations": [{"quant": "Q4_K_M", "size_mb": 4300}]}]\
      """;

  @TempDir Path folder;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> notices = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private RemoteLists lists;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/list.json", this::list);
    server.createContext(
        "/away.json",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "http://localhost:1/list.json");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext("/page.json", exchange -> send(exchange, "<html>Sign in</html>"));
    server.start();
    lists = lists();
  }

  @AfterEach
  void stop() {
    lists.close();
    server.stop(0);
  }

  @Test
  void aListIsFetchedOnceAndAfterwardsOnlyAskedWhetherItChanged() {
    lists.follow(from("/list.json"));
    Await.until(() -> lists.now().size() == 1, "the list is here");
    assertThat(lists.now().getFirst().entries().getFirst().id()).isEqualTo("guest");
    assertThat(lists.now().getFirst().origin()).isEqualTo(url("/list.json"));

    lists.follow(from("/list.json"));
    Await.until(() -> asked.contains("\"v1\""), "it is asked whether it changed");
    assertThat(lists.now()).hasSize(1);
  }

  @Test
  void withoutANetworkTheListOfBeforeIsThere() {
    lists.follow(from("/list.json"));
    Await.until(() -> lists.now().size() == 1, "the list is here");
    lists.close();
    server.stop(0);

    RemoteLists after = lists();
    after.follow(from("/list.json"));
    assertThat(after.now().getFirst().entries()).hasSize(1);
    Await.until(
        () -> notices.stream().anyMatch(line -> line.contains("stays in use")), "it is said");
    after.close();
  }

  @Test
  void aListThatLeadsElsewhereOrIsNoneIsSaidAndNotTaken() {
    lists.follow(from("/away.json"));
    Await.until(
        () -> notices.stream().anyMatch(line -> line.contains("redirects to")), "it is said");
    lists.follow(from("/page.json"));
    Await.until(
        () -> notices.stream().anyMatch(line -> line.contains("not valid JSON")), "it is said");
    lists.follow(from("/nothing.json"));
    Await.until(
        () -> notices.stream().anyMatch(line -> line.contains("it answered 404")), "it is said");

    assertThat(lists.now()).isEmpty();
  }

  @Test
  void aListThatIsTakenOutOfTheSettingsIsGone() {
    lists.follow(from("/list.json"));
    Await.until(() -> lists.now().size() == 1, "the list is here");
    lists.follow(CatalogSettings.defaults());
    assertThat(lists.now()).isEmpty();
  }

  private void list(HttpExchange exchange) throws IOException {
    String tag = exchange.getRequestHeaders().getFirst("If-None-Match");
    asked.add(String.valueOf(tag));
    if ("\"v1\"".equals(tag)) {
      exchange.sendResponseHeaders(304, -1);
      exchange.close();
      return;
    }
    exchange.getResponseHeaders().add("ETag", "\"v1\"");
    send(exchange, LIST);
  }

  private static void send(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private RemoteLists lists() {
    return new RemoteLists(
        folder.resolve("lists"),
        allowed ->
            new Outbound(
                allowed,
                Outbound.Lookup.system(),
                Proxies.NONE,
                () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
                new Patience(Await.LONG, Await.LONG, Await.LONG),
                "test"),
        notices::add);
  }

  private CatalogSettings from(String path) {
    return new CatalogSettings(List.of(url(path)), Duration.ofHours(1), "offer");
  }

  private String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }
}
