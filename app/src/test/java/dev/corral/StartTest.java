package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.corral.testkit.OllamaNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A start that cannot go on says what is wrong and what to do, and leaves things as they were.
class StartTest {
  private static final String QUIET = "backends: [{name: none, url: \"http://127.0.0.1:1\"}]\n";

  @TempDir private Path home;

  @Test
  void aBindBeyondThisMachineWithoutKeysIsRefusedWithBothWaysOut() throws IOException {
    Unstartable no = refused(QUIET, Map.of("server.host", "0.0.0.0", "server.port", "0"));
    assertThat(no.getMessage())
        .contains("'0.0.0.0' can be reached from other machines")
        .contains("server.auth: keys")
        .contains("server.host: 127.0.0.1");
    assertThat(no.exitCode()).isEqualTo(1);
  }

  @Test
  void theSameBindWithKeysInForceStarts() throws IOException {
    Files.writeString(home.resolve("corral.yaml"), QUIET + "server: {auth: keys}\n");
    try (Wiring wiring = start(Map.of("server.host", "0.0.0.0", "server.port", "0"))) {
      assertThat(wiring.port()).isPositive();
    }
  }

  @Test
  void whileItRunsTheHomeKnowsWhereItListens() throws IOException {
    Files.writeString(home.resolve("corral.yaml"), QUIET);
    try (Wiring wiring = start(Map.of("server.host", "127.0.0.1", "server.port", "0"))) {
      assertThat(home.resolve("server.pid")).content().endsWith(wiring.url() + "\n");
    }
    assertThat(home.resolve("server.pid")).doesNotExist();
  }

  @Test
  void aPortThatAnotherCorralHoldsIsToldByItsName() throws IOException {
    try (RunningCorral other = RunningCorral.alone(QUIET)) {
      Unstartable no = refused(QUIET, Map.of("server.port", Integer.toString(other.port())));
      assertThat(no.getMessage())
          .contains("Cannot listen on 127.0.0.1:" + other.port())
          .contains("Another Corral listens there already")
          .contains("corral serve --port " + (other.port() + 1));
      assertThat(no.exitCode()).isEqualTo(1);
    }
  }

  @Test
  void aPortThatAnOllamaHoldsIsToldByItsName() throws IOException {
    try (OllamaNode node = OllamaNode.start()) {
      Unstartable no = refused(QUIET, Map.of("server.port", Integer.toString(node.port())));
      assertThat(no.getMessage()).contains("An Ollama listens there");
    }
  }

  @Test
  void aPortThatSomethingMuteHoldsIsToldToo() throws IOException {
    try (ServerSocket mute = new ServerSocket(0)) {
      Unstartable no = refused(QUIET, Map.of("server.port", Integer.toString(mute.getLocalPort())));
      assertThat(no.getMessage()).contains("Another program holds the port");
    }
  }

  @Test
  void aHomeThatCannotBeAFolderIsToldWithHowToNameAnother() throws IOException {
    Path file = Files.writeString(home.resolve("a-file"), "");
    Unstartable no =
        assertThrows(
            Unstartable.class,
            () -> Wiring.start(file, null, Map.of(), Map.of(), silent()).close());
    assertThat(no.getMessage()).contains("cannot be written").contains("--home", "CORRAL_HOME");
    assertThat(file).isEmptyFile();
  }

  @Test
  void aDamagedDatabaseIsLeftAsItIsAndTheWaysOutAreTold() throws IOException {
    byte[] rubble = "this has never been a database ".repeat(200).getBytes(StandardCharsets.UTF_8);
    Path database = Files.write(home.resolve("corral.db"), rubble);
    Unstartable no = refused(QUIET, Map.of("server.port", "0"));
    assertThat(no.getMessage()).contains("is damaged").contains("move it aside");
    assertThat(no.exitCode()).isEqualTo(1);
    assertThat(database).hasBinaryContent(rubble);
  }

  @Test
  void aDamagedAdminKeyIsNotReplacedSilently() throws IOException {
    Files.writeString(home.resolve("admin.key"), "rubble");
    Unstartable no = refused(QUIET, Map.of("server.port", "0"));
    assertThat(no.getMessage()).contains("does not hold a key").contains("Delete it");
    assertThat(home.resolve("admin.key")).hasContent("rubble");
  }

  @Test
  void anUnknownKeyStopsTheStartWithItsLineAndTheNearestName() throws IOException {
    Unstartable no = refused(QUIET + "limits:\n  quue: 5\n", Map.of("server.port", "0"));
    assertThat(no.getMessage())
        .contains("corral.yaml")
        .contains("3")
        .contains("quue")
        .contains("queue")
        .contains("corral config check");
    assertThat(no.exitCode()).isEqualTo(2);
  }

  @Test
  void afterARefusedStartTheSameHomeStarts() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      refused(QUIET, Map.of("server.port", Integer.toString(taken.getLocalPort())));
    }
    try (Wiring wiring = start(Map.of("server.port", "0"))) {
      assertThat(wiring.port()).isPositive();
    }
  }

  private Unstartable refused(String yaml, Map<String, String> flags) throws IOException {
    Files.writeString(home.resolve("corral.yaml"), yaml);
    return assertThrows(Unstartable.class, () -> start(flags).close());
  }

  private Wiring start(Map<String, String> flags) {
    return Wiring.start(home, null, new HashMap<>(flags), Map.of(), silent());
  }

  private static PrintStream silent() {
    return new PrintStream(OutputStream.nullOutputStream(), true);
  }
}
