package dev.corral.runner.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Headers;
import dev.corral.testkit.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// A runner, or a server that stands in its place, as a child process, and how it is asked.
public final class Child implements AutoCloseable {
  static final String KEY = "only the parent knows";
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final List<String> log = new ArrayList<>();
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<Thread> readers = new ArrayList<>();
  private int port;

  private Child(Process process) {
    this.process = process;
    read(process.getInputStream());
    read(process.getErrorStream());
  }

  /// Starts a program; its first line of input is the key, and its environment has it too.
  public static Child start(Map<String, String> environment, List<String> command) {
    return start(environment, command, "{\"key\": \"" + KEY + "\"}");
  }

  static Child start(Map<String, String> environment, List<String> command, String firstLine) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LLAMA_API_KEY", KEY);
    builder.environment().putAll(environment);
    try {
      Child child = new Child(builder.start());
      child.say(firstLine);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(InputStream stream) {
    readers.add(Thread.ofVirtual().start(() -> listen(stream)));
  }

  private void listen(InputStream stream) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        synchronized (log) {
          log.add(line);
        }
        lines.add(line);
      }
    } catch (IOException gone) {
      // The child has ended, and with it what it says.
    }
  }

  public void say(String line) {
    try {
      process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
    } catch (IOException gone) {
      // It has ended before it listened, which its exit code tells.
    }
  }

  /// Waits for a line of either stream.
  public String awaitLine(Predicate<String> wanted) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      while (System.nanoTime() < end) {
        boolean allSaid = readers.stream().noneMatch(Thread::isAlive);
        String line = lines.poll(100, TimeUnit.MILLISECONDS);
        if (line != null && wanted.test(line)) {
          return line;
        }
        if (line == null && allSaid) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("The line did not come; what came: " + log());
  }

  /// The first line so far that begins like this.
  public String said(String beginning) {
    return log().lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  public Child at(int number) {
    port = number;
    return this;
  }

  int port() {
    return port;
  }

  public Process process() {
    return process;
  }

  public String log() {
    synchronized (log) {
      return String.join("\n", log);
    }
  }

  /// The exit code, once the process has ended and all it said is heard.
  public int awaitEnd() {
    try {
      if (process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        for (Thread reader : readers) {
          reader.join();
        }
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new AssertionError("It lives on: " + log());
  }

  // --- asking ---

  public RawClient connect() {
    return RawClient.connect(port, PATIENCE, 0);
  }

  public static RawClient send(RawClient client, String path, String json) {
    Headers headers =
        Headers.of("Authorization", "Bearer " + KEY, "Content-Type", "application/json");
    return client.request("POST", path, headers, Body.of(json));
  }

  Answer post(String path, String json) {
    try (RawClient client = connect()) {
      return send(client, path, json).answer();
    }
  }

  JsonNode ask(String path, String json) {
    Answer answer = post(path, json);
    if (answer.status() != 200) {
      throw new AssertionError(answer.status() + " " + answer.text());
    }
    return answer.json();
  }

  JsonNode get(String path) {
    try (RawClient client = connect()) {
      Headers headers = Headers.of("Authorization", "Bearer " + KEY);
      return client.request("GET", path, headers, Body.EMPTY).answer().json();
    }
  }

  /// How many slots are busy.
  int busy() {
    int busy = 0;
    for (JsonNode slot : get("/slots")) {
      busy += slot.path("is_processing").asBoolean() ? 1 : 0;
    }
    return busy;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitEnd();
  }
}
