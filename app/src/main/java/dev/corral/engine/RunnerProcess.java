package dev.corral.engine;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One process with its pipes, its log, its key and its empty working folder. Ends with us, because
/// it watches its standard input.
final class RunnerProcess {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int KEY_BYTES = 32;

  /// What a llama-server of any version of the last years writes once its port is open.
  private static final Pattern LISTENING =
      Pattern.compile("listening on (?:https?://)?[\\w.:\\[\\]]*:(\\d{1,5})\\b.*");

  /// The end of the log comes within milliseconds of the end of the process, on a machine that has
  /// time for it; without it nobody is told why.
  private static final Duration LAST_LINES = Duration.ofSeconds(10);

  private final Process process;
  private final Path folder;
  private final String key;
  private final RunnerLog log = new RunnerLog();
  private final CompletableFuture<String> announced = new CompletableFuture<>();
  private final List<Thread> readers;
  private volatile long lastSign = System.nanoTime();

  /// The program behind a guard, known as soon as it writes: once the guard is gone, nobody can
  /// tell any more whose it was.
  private volatile List<ProcessHandle> below = List.of();

  private RunnerProcess(Process process, Path folder, String key, Facts.Kind kind) {
    this.process = process;
    this.folder = folder;
    this.key = key;
    readers =
        switch (kind) {
          case OURS ->
              List.of(
                  reader(process.getInputStream(), this::announces),
                  reader(process.getErrorStream(), this::says));
          case LLAMA_SERVER ->
              List.of(
                  reader(process.getInputStream(), this::saysItsPort),
                  reader(process.getErrorStream(), this::saysItsPort));
        };
  }

  /// @throws IOException where the system starts no process
  static RunnerProcess start(Launch launch, Path model, RunnerFlags flags) throws IOException {
    byte[] random = new byte[KEY_BYTES];
    RANDOM.nextBytes(random);
    String key = HexFormat.of().formatHex(random);
    Path work = Files.createDirectories(launch.installed().work());
    Path folder = Files.createTempDirectory(work, "runner");
    ProcessBuilder builder =
        new ProcessBuilder(launch.command(model, flags)).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(Surroundings.of(launch.installed().environment()));
    try {
      RunnerProcess runner = new RunnerProcess(builder.start(), folder, key, launch.kind());
      runner.greet(launch.greeting(key));
      return runner;
    } catch (IOException e) {
      remove(folder);
      throw e;
    }
  }

  private void greet(String greeting) {
    try {
      OutputStream in = process.getOutputStream();
      in.write(greeting.getBytes(StandardCharsets.UTF_8));
      in.flush();
    } catch (IOException e) {
      // It has ended already; its exit code and its last words say why.
    }
  }

  long pid() {
    return process.pid();
  }

  String key() {
    return key;
  }

  RunnerLog log() {
    return log;
  }

  boolean alive() {
    return process.isAlive();
  }

  /// The line by which it tells its port: ours writes it alone to standard output, a llama-server
  /// somewhere in its log. Empty where it ended, or gave no sign for so long.
  Optional<String> awaitAnnounced(Duration silence) throws InterruptedException {
    var _ = process.onExit().thenRun(() -> announced.complete(""));
    while (true) {
      long left = silence.toNanos() - (System.nanoTime() - lastSign);
      try {
        return Optional.of(announced.get(Math.max(left, 1), TimeUnit.NANOSECONDS))
            .filter(line -> !line.isEmpty());
      } catch (TimeoutException e) {
        if (System.nanoTime() - lastSign >= silence.toNanos()) {
          return Optional.empty();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("a line is a value", e);
      }
    }
  }

  /// The port in a llama-server's line.
  static Optional<Integer> port(String line) {
    Matcher listening = LISTENING.matcher(line);
    return listening.find() ? Optional.of(Integer.parseInt(listening.group(1))) : Optional.empty();
  }

  /// Asks it to end and, where it does not, ends it. Returns at once.
  void stop(Duration patience) {
    rememberBelow();
    close(process.getOutputStream());
    Thread.ofVirtual()
        .name("stop-" + pid())
        .start(() -> {
          try {
            boolean _ = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          below.forEach(ProcessHandle::destroyForcibly);
          var _ = process.destroyForcibly();
        });
  }

  /// @return false where it still lives after so long
  boolean awaitEnd(Duration within) throws InterruptedException {
    return process.waitFor(within.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// Waits for its end and for its last words.
  ///
  /// @return the exit code
  int awaitEnd() throws InterruptedException {
    int code = process.waitFor();
    // A guard that was killed leaves its program behind.
    below.forEach(ProcessHandle::destroyForcibly);
    for (Thread reader : readers) {
      boolean _ = reader.join(LAST_LINES);
    }
    close(process.getOutputStream());
    remove(folder);
    return code;
  }

  private Thread reader(InputStream in, Consumer<String> line) {
    return Thread.ofPlatform()
        .daemon()
        .name("runner-log-" + process.pid())
        .start(() -> RunnerLog.read(in, line));
  }

  private void says(String line) {
    lastSign = System.nanoTime();
    log.add(line);
  }

  private void announces(String line) {
    if (!announced.complete(line)) {
      says(line);
    }
  }

  private void rememberBelow() {
    if (below.isEmpty()) {
      below = process.descendants().toList();
    }
  }

  private void saysItsPort(String line) {
    rememberBelow();
    says(line);
    if (port(line).isPresent()) {
      announced.complete(line);
    }
  }

  private static void close(Closeable one) {
    try {
      one.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }

  /// Removes a folder with all that is in it; what cannot be removed stays.
  static void remove(Path folder) {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.getLogger(RunnerProcess.class.getName())
          .log(System.Logger.Level.DEBUG, "a working folder stays behind", e);
    }
  }
}
