package dev.corral;

import dev.corral.testkit.Node;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// The whole program in front of nodes of a test, in a home of its own, on any free port.
public final class RunningCorral implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Path home;
  private final Wiring wiring;

  private RunningCorral(Path home, Wiring wiring) {
    this.home = home;
    this.wiring = wiring;
  }

  /// In front of these nodes, called `one`, `two`, …; they have been looked at when it returns.
  public static RunningCorral inFrontOf(Node... nodes) {
    return with("", nodes);
  }

  /// The same with further lines of `corral.yaml`.
  public static RunningCorral with(String yaml, Node... nodes) {
    String[] names = {"one", "two", "three"};
    StringBuilder backends = new StringBuilder("backends:\n");
    for (int i = 0; i < nodes.length; i++) {
      backends.append("  - {name: ").append(names[i]).append(", url: \"");
      backends.append(nodes[i].url()).append("\"}\n");
    }
    RunningCorral corral = alone(backends + yaml);
    await(() -> corral.wiring.looked(), "every node has been looked at");
    return corral;
  }

  /// With this `corral.yaml` and nothing else.
  public static RunningCorral alone(String yaml) {
    try {
      Path home = Files.createTempDirectory("corral-home");
      Files.writeString(home.resolve("corral.yaml"), yaml);
      Map<String, String> flags = new HashMap<>(Map.of("server.port", "0"));
      return new RunningCorral(home, Wiring.start(home, null, flags, Map.of(), System.err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return wiring.port();
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public Path home() {
    return home;
  }

  /// Waits for something that happens by itself, looking often.
  public static void await(BooleanSupplier done, String what) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + PATIENCE + " in vain until " + what);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    wiring.close();
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(RunningCorral::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
