package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.engine.Installation;
import dev.corral.engine.Launch;
import dev.corral.engine.RunnerFlags;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Once a runner was trained, each further one starts from what that run wrote down.
class RunnerTrainingTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir Path folder;

  /// Other tests of this process may have said where the libraries are.
  @BeforeEach
  @AfterEach
  void forget() {
    System.clearProperty("corral.runner.aot");
    System.clearProperty("corral.natives");
    System.clearProperty("corral.runner.classpath");
  }

  @Test
  void aTrainedRunnerIsStartedFromItsCache() {
    Optional<Path> natives = EngineFiles.natives();
    assumeTrue(natives.isPresent(), EngineFiles.HOW);
    Path cache = folder.resolve("runner.aot");
    System.setProperty("corral.natives", natives.get().toString());
    System.setProperty("corral.runner.aot", cache.toString());
    System.setProperty("corral.runner.classpath", jars());
    assertThat(command()).noneMatch(word -> word.startsWith("-XX:AOTCache"));
    assertThat(RunnerTraining.run(PATIENCE)).isZero();
    assertThat(cache).isNotEmptyFile();
    assertThat(command()).contains("-XX:AOTCache=" + cache);
  }

  @Test
  void aClassPathThatTheJvmTakesNoCacheForLeavesNone() {
    Optional<Path> natives = EngineFiles.natives();
    assumeTrue(natives.isPresent(), EngineFiles.HOW);
    Path cache = folder.resolve("runner.aot");
    System.setProperty("corral.natives", natives.get().toString());
    System.setProperty("corral.runner.aot", cache.toString());
    System.setProperty("corral.runner.classpath", folder.toString());
    assertThat(RunnerTraining.run(PATIENCE)).isEqualTo(1);
    assertThat(cache).doesNotExist();
  }

  @Test
  void aMachineWithoutTheEnginesLibrariesHasNothingToTrain() {
    System.setProperty("corral.runner.aot", folder.resolve("runner.aot").toString());
    assertThat(RunnerTraining.run(PATIENCE)).isEqualTo(1);
  }

  /// The JVM makes caches for jars alone; a test runs from folders.
  private String jars() {
    List<String> jars = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(part).toAbsolutePath();
      if (Files.isDirectory(path) && !path.endsWith("test-classes")) {
        String jar = folder.resolve(jars.size() + ".jar").toString();
        ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
        assertThat(tool.run(System.out, System.err, "cf", jar, "-C", path.toString(), "."))
            .isZero();
        jars.add(jar);
      } else if (part.endsWith(".jar")) {
        jars.add(path.toString());
      }
    }
    return String.join(File.pathSeparator, jars);
  }

  private List<String> command() {
    Installation installation = Installation.ofThisProcess(folder, System.getenv());
    RunnerFlags flags = new RunnerFlags(4096, 1, true, 512, 1, 0, null, true, false, List.of());
    return Launch.onProcessor(installation).orElseThrow().command(Path.of("m.gguf"), flags);
  }
}
