package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Corral is killed without a word while models run and load.
class ParentKilledTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"own", "llama-server"})
  void nothingOfItsRunnersIsLeft(String kind) throws IOException, InterruptedException {
    Process host = host(kind);
    BufferedReader said = host.inputReader(StandardCharsets.UTF_8);
    String line = said.readLine();
    assertThat(line).isEqualTo("ready");
    List<Long> runners = host.descendants().map(ProcessHandle::pid).toList();
    assertThat(runners).hasSize(kind.equals("own") ? 3 : 6);
    host.destroyForcibly();
    host.waitFor();
    Stage.await(() -> runners.stream().noneMatch(Stage::alive), "all runners are gone");
  }

  private Process host(String kind) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            EngineHost.class.getName(),
            folder.toString(),
            kind)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
