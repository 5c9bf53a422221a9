package dev.corral.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A [LlamaServerDouble] as a process, started with llama-server's flags, so that a wrapper script
/// of it can be named where a llama-server is. What it says is told by the name of the model's file
/// (`markov-loop.gguf`), else it is `markov-a`; a file that is no GGUF is refused in llama-server's
/// words, with exit code 1.
///
/// Misbehaves on command of the environment: `LLAMA_DOUBLE=prefill:5000` (silence in milliseconds
/// before each answer), `token:100` (before each token), `crash:3` (aborts in the middle of an
/// answer of three frames), `cut:3`, `hang`, `load:2000` (before it listens), several with commas.
public final class LlamaServerProcess {
  private static final int ABORTED = 134;
  private static final Set<String> SWITCHES =
      Set.of(
          "--kv-unified",
          "--no-kv-unified",
          "--jinja",
          "--slots",
          "--no-webui",
          "--embedding",
          "--embeddings",
          "--no-mmap",
          "--context-shift",
          "--no-context-shift");

  private LlamaServerProcess() {}

  public static void main(String[] args) throws InterruptedException {
    Map<String, String> flags = flags(args);
    Map<String, Integer> faults = faults(System.getenv().getOrDefault("LLAMA_DOUBLE", ""));
    Path model = Path.of(flags.getOrDefault("--model", flags.getOrDefault("-m", "")));
    if (!isGguf(model)) {
      System.err.println("llama_model_load: error loading model: invalid magic characters");
      System.err.println("srv    load_model: failed to load model");
      System.err.println("main: exiting due to model loading error");
      System.exit(1);
    }
    Thread.sleep(faults.getOrDefault("load", 0));
    int slots = number(flags, "--parallel", 1);
    var settings =
        new LlamaServerDouble.Settings(
            model(model),
            number(flags, "--port", 8080),
            flags.getOrDefault("--api-key", System.getenv().getOrDefault("LLAMA_API_KEY", "")),
            number(flags, "--ctx-size", 4096),
            slots,
            new Pace(Duration.ZERO, millis(faults, "prefill"), millis(faults, "token")));
    LlamaServerDouble server = LlamaServerDouble.start(settings);
    misbehave(server, faults);
    System.err.println("srv  llama_server: listening on http://127.0.0.1:" + server.port());
    Thread.currentThread().join();
  }

  private static void misbehave(LlamaServerDouble server, Map<String, Integer> faults) {
    if (faults.containsKey("hang")) {
      server.inject(Fault.hang());
    }
    if (faults.containsKey("cut")) {
      server.inject(Fault.cutAfter(faults.get("cut")));
    }
    if (faults.containsKey("crash")) {
      server.inject(Fault.stallAfter(faults.get("crash")));
      Thread.ofVirtual().start(() -> abortAfter(server, faults.get("crash")));
    }
  }

  /// Waits for an answer that has come that far, and dies as a failed assertion of ggml does.
  private static void abortAfter(LlamaServerDouble server, int frames) {
    while (server.exchanges().stream().noneMatch(exchange -> exchange.framesLeft() >= frames)) {
      try {
        Thread.sleep(1);
      } catch (InterruptedException stopped) {
        return;
      }
    }
    System.err.println("ggml.c:1: GGML_ASSERT(the double was told to) failed");
    Runtime.getRuntime().halt(ABORTED);
  }

  private static TestModel model(Path file) {
    String name = file.getFileName().toString();
    List<TestModel> known = TestModel.markov();
    return known.stream()
        .filter(model -> name.contains(model.name()))
        .findFirst()
        .orElse(known.getFirst());
  }

  private static boolean isGguf(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return Arrays.equals(in.readNBytes(4), "GGUF".getBytes(StandardCharsets.US_ASCII));
    } catch (IOException unreadable) {
      return false;
    }
  }

  private static Map<String, String> flags(String... args) {
    Map<String, String> flags = new HashMap<>();
    for (int i = 0; i < args.length; i++) {
      boolean alone = SWITCHES.contains(args[i]) || i + 1 == args.length;
      flags.put(args[i], alone ? "" : args[++i]);
    }
    return flags;
  }

  private static Map<String, Integer> faults(String text) {
    Map<String, Integer> faults = new HashMap<>();
    for (String one : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      String[] parts = one.split(":", 2);
      faults.put(parts[0], parts.length == 1 ? 0 : Integer.parseInt(parts[1]));
    }
    return faults;
  }

  private static int number(Map<String, String> flags, String name, int otherwise) {
    return Integer.parseInt(flags.getOrDefault(name, String.valueOf(otherwise)));
  }

  private static Duration millis(Map<String, Integer> faults, String name) {
    return Duration.ofMillis(faults.getOrDefault(name, 0));
  }
}
