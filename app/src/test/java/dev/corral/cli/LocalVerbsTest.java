package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verbs that need no server.
class LocalVerbsTest {
  @TempDir Path home;
  private Typed typed;

  @BeforeEach
  void start() {
    typed = new Typed(home);
    typed.environment.put("CORRAL_URL", "http://127.0.0.1:1");
  }

  private void configured(String yaml) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), yaml);
  }

  @Test
  void aRightConfigurationIsShownWithItsSources() throws IOException {
    configured("server:\n  port: 5\n");
    assertThat(typed.run("config", "check")).isZero();
    typed.run("config", "show");
    assertThat(typed.out()).contains("server.port\t5\tcorral.yaml:2");
    typed.environment.put("CORRAL_SERVER_PORT", "7");
    typed.run("config", "explain", "server.port");
    assertThat(typed.out())
        .contains("server.port: 7", "from CORRAL_SERVER_PORT", "beats corral.yaml:2, which says 5");
  }

  @Test
  void aMistakeIsNamedWithItsLineAndIsWrongConfiguration() throws IOException {
    configured("server:\n  prot: 5\n");
    assertThat(typed.run("config", "check")).isEqualTo(2);
    assertThat(typed.err()).contains("corral.yaml:2", "server.port");
    assertThat(typed.run("config", "explain", "server.port")).isEqualTo(2);
  }

  @Test
  void aSettingThatDoesNotExistIsNoSuchThing() {
    assertThat(typed.run("config", "explain", "nonsense")).isEqualTo(4);
  }

  @Test
  void theLogIsReadable() throws IOException {
    assertThat(typed.run("logs")).isEqualTo(4);
    Path logs = Files.createDirectory(home.resolve("logs"));
    Files.writeString(
        logs.resolve("corral.log"),
        """
        {"at":"old","kind":"gone"}
        {"at":"now","level":"warn","kind":"backend","subject":"rig","state":"down","text":"refused"}
        {"at":"now","level":"info","kind":"exchange","id":"x1","route":"chat","caller":"app",\
        "model":"m:1b","backend":"rig","status":200,"outcome":"answered","firstByteMillis":12.3,\
        "totalMillis":900,"tokensPerSecond":41.5}
        not JSON
        """);
    assertThat(typed.run("logs", "-n", "3")).isZero();
    assertThat(typed.out().lines())
        .containsExactly(
            "now WARN backend rig down: refused",
            "now INFO chat → 200 answered m:1b on rig for app, first byte 12 ms, 900 ms,"
                + " 41.5 tokens/s x1",
            "not JSON");
    typed.run("logs", "-n", "1", "--json");
    assertThat(typed.out()).isEqualTo("not JSON\n");
  }

  @Test
  void everyShellGetsItsCompletion() {
    for (String shell : new String[] {"bash", "zsh", "fish"}) {
      assertThat(typed.run("completion", shell)).isZero();
      assertThat(typed.out()).contains("backends").contains("keepalive").doesNotContain("training");
    }
    assertThat(typed.run("completion", "tcsh")).isEqualTo(2);
  }

  @Test
  void theHelpNamesEveryVerbAndEachVerbExplainsItself() {
    assertThat(typed.run("help")).isZero();
    assertThat(typed.out()).contains("list, ls", "doctor").doesNotContain("training");
    assertThat(typed.run("help", "run")).isZero();
    assertThat(typed.out()).contains("--keepalive", "--url");
    assertThat(typed.run("version")).isZero();
    assertThat(typed.out()).startsWith("corral ");
  }
}
