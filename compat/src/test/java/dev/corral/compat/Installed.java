package dev.corral.compat;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The clients in Python and JavaScript: fetched once, in the versions of
/// `src/test/resources/clients`, into this module's `target`. Where that cannot be done, the tests
/// that ask for them are skipped with the reason.
///
/// Newer versions: `pip freeze` of a fresh environment for `requirements.txt`; `npm install
/// --omit-lockfile-registry-resolved` for `package-lock.json`, which then names no registry.
final class Installed {
  static final Path SCRIPTS = Path.of("src/test/resources/clients").toAbsolutePath();

  private static final Path TARGET = Path.of("target/clients").toAbsolutePath();
  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows");
  private static final long INSTALL_MINUTES = 10;

  private Installed() {}

  /// How to start a script of [#SCRIPTS] in Python.
  static List<String> python(String script) {
    Path folder = TARGET.resolve("python");
    Path wanted = SCRIPTS.resolve("requirements.txt");
    Path interpreter = folder.resolve(WINDOWS ? "Scripts/python.exe" : "bin/python");
    once(
        folder,
        List.of(wanted),
        List.of(WINDOWS ? "python" : "python3", "-m", "venv", "."),
        List.of(interpreter.toString(), "-m", "pip", "install", "-q", "-r", wanted.toString()));
    return List.of(interpreter.toString(), SCRIPTS.resolve(script).toString());
  }

  /// How to start a script of [#SCRIPTS] in Node.js, which looks for packages beside the script.
  static List<String> node(String script) {
    Path folder = TARGET.resolve("node");
    List<Path> wanted =
        List.of(SCRIPTS.resolve("package.json"), SCRIPTS.resolve("package-lock.json"));
    once(
        folder,
        wanted,
        List.of(WINDOWS ? "npm.cmd" : "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
    copy(SCRIPTS.resolve(script), folder);
    return List.of("node", folder.resolve(script).toString());
  }

  /// Runs the commands in `folder`, unless they have run there for the same wanted files.
  @SafeVarargs
  private static synchronized void once(Path folder, List<Path> wanted, List<String>... commands) {
    try {
      StringBuilder versions = new StringBuilder();
      for (Path file : wanted) {
        versions.append(Files.readString(file));
      }
      Path stamp = folder.resolve("installed.txt");
      if (Files.exists(stamp) && Files.readString(stamp).contentEquals(versions)) {
        return;
      }
      Files.createDirectories(folder);
      wanted.forEach(file -> copy(file, folder));
      for (List<String> command : commands) {
        run(command, folder);
      }
      Files.writeString(stamp, versions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void run(List<String> command, Path folder) throws IOException {
    Path log = folder.resolve("install.log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      abort("no " + command.getFirst() + " here: install it, and these clients are tried too");
      return;
    }
    boolean ended;
    try {
      ended = process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      ended = false;
    }
    if (!ended || process.exitValue() != 0) {
      process.destroyForcibly();
      List<String> said = Files.readAllLines(log);
      abort(
          "'%s' did not get the clients (no network?): %s"
              .formatted(String.join(" ", command), said.isEmpty() ? "" : said.getLast()));
    }
  }

  private static void copy(Path file, Path folder) {
    try {
      Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A started script that says one line and stays until [#close()], so that its end is not what
  /// closes its connections.
  static final class Script implements AutoCloseable {
    private final Process process;
    private final Path errors;

    Script(List<String> command, List<String> arguments) {
      List<String> all = new ArrayList<>(command);
      all.addAll(arguments);
      try {
        errors = Files.createTempFile(TARGET, "errors", ".txt");
        ProcessBuilder builder = new ProcessBuilder(all).redirectError(errors.toFile());
        builder.environment().putAll(Map.of("NO_PROXY", "127.0.0.1", "no_proxy", "127.0.0.1"));
        process = builder.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// What it says, or the failure of the test with its last words.
    String line() {
      try {
        String line = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (line == null) {
          throw new AssertionError("the client failed: " + Files.readString(errors));
        }
        return line;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      try {
        Files.delete(errors);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
