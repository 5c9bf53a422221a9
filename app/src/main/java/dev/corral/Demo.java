package dev.corral;

import dev.corral.cli.Cli;
import dev.corral.cli.Program;
import dev.corral.engine.Engine;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// The verb `demo`: the whole program at work within seconds and without network. It makes a tiny
/// model, starts a server, creates the model there, asks it one question through the gateway, and
/// stays up to be looked at.
final class Demo {
  private static final String MODEL = "corral-demo";
  private static final String QUESTION = "Who is there?";

  /// Ends with the answer instead of staying up.
  private static final String ONCE = "--once";

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;

  /// The own engine is looked at in milliseconds; ten seconds cover a machine that is busy.
  private static final int LOOKS = 500;

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final Arguments arguments;
  private final boolean once;
  private final Map<String, String> environment;
  private final PrintStream out;

  private Demo(
      Arguments arguments, boolean once, Map<String, String> environment, PrintStream out) {
    this.arguments = arguments;
    this.once = once;
    this.environment = environment;
    this.out = out;
  }

  /// @param args the command line with its verb: `demo --once`
  /// @return the exit code
  static int run(String[] args) {
    List<String> words = new ArrayList<>(List.of(args).subList(1, args.length));
    boolean once = words.remove(ONCE);
    try {
      if (words.contains("--json")) {
        throw new IllegalArgumentException(
            "the demo shows itself to people and has no --json. Programs take: corral serve --json");
      }
      Optional<Path> temporary = Optional.empty();
      if (words.stream().noneMatch(word -> word.startsWith("--home"))) {
        temporary = Optional.of(Files.createTempDirectory("corral-demo"));
        words.addAll(List.of("--home", temporary.get().toString()));
      }
      Map<String, String> environment = withoutOthers(System.getenv());
      Arguments arguments = Arguments.parse(words, environment);
      return new Demo(arguments, once, environment, System.out).show(temporary);
    } catch (Unstartable e) {
      System.err.println("corral: " + e.getMessage());
      return e.exitCode();
    } catch (IllegalArgumentException e) {
      System.err.println("corral: " + e.getMessage());
      return WRONG_USAGE;
    } catch (IOException e) {
      System.err.println("corral: the demo could not write its files: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }

  /// The demo shows this program alone, whatever this machine is set up for.
  private static Map<String, String> withoutOthers(Map<String, String> environment) {
    Map<String, String> left = new HashMap<>(environment);
    left.keySet().removeIf(name -> name.startsWith("OLLAMA_") || name.startsWith("CORRAL_"));
    return left;
  }

  /// @param temporary the home, where it is to be removed at the end
  private int show(Optional<Path> temporary) throws IOException, InterruptedException {
    Map<String, String> flags = new HashMap<>(arguments.flags());
    flags.put("engine.enabled", "true");
    flags.put("store.ollama", "off");
    flags.putIfAbsent("server.port", "0");
    // What is piped into the demo is no part of its question.
    System.setIn(InputStream.nullInputStream());
    Wiring wiring =
        Wiring.start(arguments.home(), arguments.config(), flags, environment, System.err);
    CountDownLatch stopped = new CountDownLatch(1);
    Runnable stop =
        onlyOnce(() -> {
          wiring.close();
          temporary.ifPresent(Demo::remove);
          stopped.countDown();
        });
    Runtime.getRuntime().addShutdownHook(new Thread(stop, "stop"));
    try {
      int code = answered(wiring);
      if (code == DONE && !once) {
        next(wiring.url());
        stopped.await();
      }
      return code;
    } finally {
      stop.run();
    }
  }

  private static Runnable onlyOnce(Runnable action) {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        action.run();
      }
    };
  }

  private int answered(Wiring wiring) throws IOException, InterruptedException {
    Engine.Ability ability = wiring.greeting().ability();
    if (!ability.able()) {
      System.err.println("corral: models cannot be run here: " + ability.why());
      return FAILED;
    }
    for (int i = 0; i < LOOKS && !wiring.looked(); i++) {
      Thread.sleep(BETWEEN_LOOKS);
    }
    Path file = arguments.home().resolve(MODEL + ".gguf");
    DemoModel.write(file, DemoModel.SENTENCE, false);
    say("A tiny model was made (" + Files.size(file) / 1024 + " KiB). Asking it:");
    Path modelfile = file.resolveSibling("Modelfile");
    Files.writeString(modelfile, "FROM " + file + "\n");
    int created = verb(wiring, "create", MODEL, "-f", modelfile.toString(), "--quiet");
    Files.delete(file);
    Files.delete(modelfile);
    if (created != DONE) {
      return created;
    }
    say("\n  > " + QUESTION);
    if (!arguments.quiet()) {
      out.print("  ");
    }
    return verb(wiring, "run", MODEL, QUESTION);
  }

  private void say(String line) {
    if (!arguments.quiet()) {
      out.println(line);
    }
  }

  /// As somebody would type it; with the key of this home, whatever the environment says.
  private int verb(Wiring wiring, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of(words));
    String key = Files.readString(arguments.home().resolve("admin.key")).strip();
    line.addAll(List.of("--url", wiring.url(), "--key", key));
    return Cli.run(line.toArray(String[]::new), new Program(_ -> {}, Settings::load));
  }

  private void next(String url) {
    say("\nThe page: " + url + "/");
    say("Try next, in another terminal:");
    say("  corral run " + MODEL + " --url " + url);
    say("  curl " + url + "/api/generate -d '{\"model\": \"" + MODEL + "\", \"prompt\": \"Hi\"}'");
    say("  corral serve, then: corral pull llama3.2:1b");
    say("Stop: Ctrl-C");
  }

  static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("corral: " + folder + " stays behind");
    }
  }
}
