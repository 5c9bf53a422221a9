package dev.corral.engine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What runners are started from.
///
/// @param java the JVM's own program
/// @param ownClassPath where [Guard] is
/// @param runnerClassPath where our runner is
/// @param runnerMain its main class
/// @param natives the folder with one folder for each variant of the engine's libraries; empty
///   where the launcher named none
/// @param classCache where the classes of a runner lie loaded and linked (JEP 483), with which it
///   starts in half the time; the file fits one class path and one JDK, and what does not fit is
///   passed over by the JVM; empty where the launcher named none
/// @param work where runners get their working folders; its content belongs to the engine
/// @param environment of this process
public record Installation(
    Path java,
    String ownClassPath,
    String runnerClassPath,
    String runnerMain,
    Optional<Path> natives,
    Optional<Path> classCache,
    Path work,
    Map<String, String> environment) {
  /// Set by the launcher.
  private static final String NATIVES = "corral.natives";

  private static final String RUNNER_MAIN = "dev.corral.runner.Main";
  private static final String RUNNER_CLASS_PATH = "corral.runner.classpath";

  /// Set by the launcher.
  private static final String CACHE = "corral.runner.aot";

  /// What the runner needs of `lib/` beside `corral.jar`: fewer jars, quicker start.
  private static final List<String> RUNNER_JARS =
      List.of("corral-runner-", "corral-templates-", "jackson-", "jspecify-");

  public Installation {
    environment = Map.copyOf(environment);
  }

  /// @param work made where it is missing
  public static Installation ofThisProcess(Path work, Map<String, String> environment) {
    Path java =
        ProcessHandle.current()
            .info()
            .command()
            .map(Path::of)
            .orElseGet(() -> Path.of(System.getProperty("java.home", ""), "bin", "java"));
    String own = absolute(System.getProperty("java.class.path", ""));
    String runner = System.getProperty(RUNNER_CLASS_PATH, "");
    return new Installation(
        java,
        own,
        runner.isEmpty() ? runnerOf(own) : absolute(runner),
        RUNNER_MAIN,
        named(NATIVES),
        named(CACHE),
        work.toAbsolutePath(),
        environment);
  }

  private static Optional<Path> named(String property) {
    String path = System.getProperty(property, "");
    return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path).toAbsolutePath());
  }

  /// A runner's working folder is another one.
  private static String absolute(String classPath) {
    return Stream.of(classPath.split(File.pathSeparator, -1))
        .filter(part -> !part.isEmpty())
        .map(part -> part.endsWith("*") ? part : Path.of(part).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String runnerOf(String own) {
    Path lib = Path.of(own.isEmpty() ? "." : own).resolveSibling("lib");
    if (own.contains(File.pathSeparator) || !Files.isDirectory(lib)) {
      return own;
    }
    try (Stream<Path> jars = Files.list(lib)) {
      String found =
          jars.filter(
                  jar -> RUNNER_JARS.stream().anyMatch(jar.getFileName().toString()::startsWith))
              .map(Path::toString)
              .sorted()
              .collect(Collectors.joining(File.pathSeparator));
      return found.isEmpty() ? own : found + File.pathSeparator + own;
    } catch (IOException e) {
      return own;
    }
  }
}
