package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.model.Digest;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Await;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.Node;
import dev.corral.testkit.RawClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// The whole program in front of nodes of a test, in a home of its own, on any free port.
public final class RunningCorral implements AutoCloseable {
  private static final Duration LOAD_AND_ANSWER = Duration.ofMinutes(3);

  /// A file that a test changes is taken over soon.
  private static final Duration WATCHING = Duration.ofMillis(50);

  private final Path home;
  private final Wiring wiring;

  private RunningCorral(Path home, Wiring wiring) {
    this.home = home;
    this.wiring = wiring;
  }

  /// In front of these nodes, called `one`, `two`, …; they have answered a look when it returns.
  public static RunningCorral inFrontOf(Node... nodes) {
    return with("", nodes);
  }

  /// The same with further lines of `corral.yaml`.
  public static RunningCorral with(String yaml, Node... nodes) {
    List<String> names = List.of("one", "two", "three").subList(0, nodes.length);
    StringBuilder backends = new StringBuilder("backends:\n");
    for (int i = 0; i < nodes.length; i++) {
      backends.append("  - {name: ").append(names.get(i)).append(", url: \"");
      backends.append(nodes[i].url()).append("\"}\n");
    }
    RunningCorral corral = alone(backends + yaml);
    corral.awaitUp(names);
    return corral;
  }

  /// Until each of these backends has answered a look.
  public void awaitUp(List<String> names) {
    await(() -> up().containsAll(names), names + " have answered");
  }

  private Set<String> up() {
    Set<String> up = new HashSet<>();
    for (JsonNode backend : manage("GET", "/manage/backends", "").json()) {
      if (backend.path("state").asText().equals("up")) {
        up.add(backend.path("name").asText());
      }
    }
    return up;
  }

  /// Replaces `corral.yaml` as a whole: who looks in between sees the old one or the new one.
  public void configure(String yaml) {
    replace(home.resolve("corral.yaml"), yaml);
  }

  /// The same with a file beside it.
  public static void replace(Path file, String text) {
    try {
      Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), text);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// With this `corral.yaml` and nothing else.
  public static RunningCorral alone(String yaml) {
    return alone(0, yaml);
  }

  /// The same on a port that the test knows beforehand, see [FreePort].
  public static RunningCorral alone(int port, String yaml) {
    try {
      Path home = Files.createTempDirectory("corral-home");
      Files.writeString(home.resolve("corral.yaml"), yaml);
      Map<String, String> flags = Map.of("server.port", Integer.toString(port));
      return new RunningCorral(
          home, Wiring.start(home, null, flags, Map.of(), System.err, WATCHING));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return wiring.port();
  }

  /// Asks `/manage` as the operator does on this machine, with the key of the home.
  public Answer manage(String method, String path, String json) {
    Headers headers =
        Headers.of(
            "Authorization", "Bearer " + adminKey(),
            "Content-Type", "application/json",
            "Connection", "close");
    try (RawClient client = RawClient.connect(port())) {
      return client.request(method, path, headers, Body.of(json)).answer();
    }
  }

  /// Posts as anybody may, and waits as long as a model may take to load and answer.
  public Answer post(String path, Body body) {
    try (RawClient client = RawClient.connect(port(), LOAD_AND_ANSWER, 0)) {
      return client.request("POST", path, Headers.of("Connection", "close"), body).answer();
    }
  }

  /// Posts JSON that is written with single quotes.
  public Answer post(String path, String json) {
    return post(path, Body.of(json.replace('\'', '"')));
  }

  /// Sends a file as a blob; answers its digest.
  public String upload(byte[] file) {
    String digest = Digest.of(file).toString();
    Answer taken = post("/api/blobs/" + digest, Body.of(file));
    assertThat(taken.status()).as(taken.text()).isIn(200, 201);
    return digest;
  }

  /// Makes a key and returns its secret.
  public String key(String name, String... scopes) {
    String list = String.join("\",\"", scopes);
    Answer made =
        manage("POST", "/manage/keys", "{\"name\":\"" + name + "\",\"scopes\":[\"" + list + "\"]}");
    return made.json().required("secret").asText();
  }

  public String adminKey() {
    return read(home.resolve("admin.key")).strip();
  }

  /// What has been written to the log so far: the file comes with its first line.
  public String log() {
    Path file = home.resolve("logs").resolve("corral.log");
    return Files.exists(file) ? read(file) : "";
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public Path home() {
    return home;
  }

  /// Waits for something that happens by itself, looking often.
  public static void await(BooleanSupplier done, String what) {
    Await.until(done, what);
  }

  @Override
  public void close() {
    wiring.close();
    await(this::removed, "nobody writes into the home any more");
  }

  /// Somebody may still be closing a file in there.
  private boolean removed() {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
      return true;
    } catch (NoSuchFileException gone) {
      return true;
    } catch (IOException | UncheckedIOException busy) {
      return false;
    }
  }
}
