package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line that a model is started with.
class LaunchTest {
  private static final RunnerFlags FLAGS =
      new RunnerFlags(2048, 2, true, 512, 3, 0, null, true, false, List.of());

  @TempDir private Path folder;

  @Test
  void ourRunnerIsAJvmOfItsOwnClassPathWithTheLibrariesOfTheProcessor() throws IOException {
    Launch.Ours ours = ours(Optional.empty());
    assertThat(ours.command(Path.of("m.gguf"), FLAGS))
        .startsWith("/jdk/bin/java")
        .containsSubsequence("-cp", "runner.jar", "a.Runner", "--model", "m.gguf")
        .containsSubsequence("--natives", folder.resolve("cpu").toString())
        .contains("-XX:+UseSerialGC", "-XX:-CreateCoredumpOnCrash")
        .doesNotContain("corral.jar")
        .noneMatch(word -> word.startsWith("-XX:AOT"));
    assertThat(ours.kind()).isEqualTo(Facts.Kind.OURS);
    assertThat(ours.build()).isEqualTo("cpu");
  }

  @Test
  void theCacheOfItsClassesIsUsedOnceItIsThere() throws IOException {
    Path cache = folder.resolve("runner.aot");
    Launch.Ours ours = ours(Optional.of(cache));
    String flag = "-XX:AOTCache=" + cache;
    assertThat(ours.command(Path.of("m.gguf"), FLAGS)).doesNotContain(flag);
    Files.createFile(cache);
    assertThat(ours.command(Path.of("m.gguf"), FLAGS))
        .containsSubsequence(flag, "-cp", "runner.jar");
  }

  @Test
  void theTrainingRunWritesAnotherCacheAndReadsNone() throws IOException {
    Path cache = Files.createFile(folder.resolve("runner.aot"));
    Path written = folder.resolve("new.aot");
    assertThat(ours(Optional.of(cache)).training(written, Path.of("m.gguf"), FLAGS))
        .contains("-XX:AOTCacheOutput=" + written, "-XX:+UseG1GC")
        .doesNotContain("-XX:AOTCache=" + cache, "-XX:+UseSerialGC");
  }

  @Test
  void withoutLibrariesForTheProcessorThereIsNothingToStart() {
    assertThat(Launch.onProcessor(installation(Optional.empty()))).isEmpty();
  }

  @Test
  void theUsersOwnServerStandsBehindOurGuard() {
    Launch theirs =
        new Launch.LlamaServer(installation(Optional.empty()), Path.of("/opt/llama-server"));
    assertThat(theirs.command(Path.of("m.gguf"), FLAGS))
        .startsWith("/jdk/bin/java")
        .containsSubsequence("-cp", "corral.jar", Guard.class.getName(), "/opt/llama-server")
        .containsSubsequence("--model", "m.gguf")
        .doesNotContain("--natives", "runner.jar");
    assertThat(theirs.build()).isEmpty();
  }

  @Test
  void theKeyIsTheFirstLineOfInputAndStandsInNoCommandLine() throws IOException {
    Launch ours = ours(Optional.empty());
    Launch theirs = new Launch.LlamaServer(ours.installed(), Path.of("/opt/llama-server"));
    assertThat(ours.greeting("secret")).isEqualTo("{\"key\": \"secret\"}\n");
    assertThat(theirs.greeting("secret")).isEqualTo("secret\n");
  }

  private Launch.Ours ours(Optional<Path> cache) throws IOException {
    Path libraries = Files.createDirectories(folder.resolve("cpu"));
    Files.write(libraries.resolve("libllama.so"), new byte[0]);
    return Launch.onProcessor(installation(cache)).orElseThrow();
  }

  private Installation installation(Optional<Path> cache) {
    return new Installation(
        Path.of("/jdk/bin/java"),
        "corral.jar",
        "runner.jar",
        "a.Runner",
        Optional.of(folder),
        cache,
        folder.resolve("work"),
        Map.of());
  }
}
