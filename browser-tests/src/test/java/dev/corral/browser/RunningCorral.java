package dev.corral.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.FreePort;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PlainEnvironment;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The program itself, as its users start it: a process of its own, with a home of its own, in
/// front of one node.
final class RunningCorral implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);

  /// No answer of these tests takes longer, unless the program hangs.
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final HttpClient client = HttpClient.newHttpClient();
  private final OllamaNode node;
  private final Path home;
  private final int port;
  private Process process;

  RunningCorral(OllamaNode node, Path home) throws IOException, InterruptedException {
    this.node = node;
    this.home = home;
    port = FreePort.find();
    start();
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  /// Starts, and waits until it can answer.
  void start() throws IOException, InterruptedException {
    ProcessBuilder builder =
        PlainEnvironment.of(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.corral.Main",
                "serve",
                "--port",
                Integer.toString(port),
                "--home",
                home.toString()));
    builder.environment().put("OLLAMA_HOST", node.url().toString());
    Path log = home.resolve("output.log");
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    long deadline = System.nanoTime() + START.toNanos();
    while (!ready()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        process.destroyForcibly();
        throw new AssertionError("Corral is not up within " + START + ": " + Files.readString(log));
      }
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
  }

  /// Stops as an operator would.
  void stop() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it stops when asked").isTrue();
  }

  HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
    return client.send(
        request(path).header("Accept", accept).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return client.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url()).resolve(path)).timeout(ANSWER);
  }

  private boolean ready() throws InterruptedException {
    try {
      return get("/health/ready", "*/*").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    // Its home is removed next.
    process.destroyForcibly().onExit().join();
    client.close();
  }
}
