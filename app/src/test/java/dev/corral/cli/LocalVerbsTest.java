package dev.corral.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.exchange.ExchangeEvent;
import dev.corral.journal.Entry;
import dev.corral.journal.Journal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
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
  void theLogIsReadableAsTheServerWritesIt() throws IOException {
    assertThat(typed.run("logs")).isEqualTo(4);
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, UTF_8);
    try (Journal journal = new Journal(home.resolve("logs"), Clock.systemUTC(), nowhere)) {
      journal.notice(Entry.Level.WARN, "backend", "rig", "down", "refused");
      journal.notice(Entry.Level.INFO, "backend", "attic", "up", "2 models");
      journal.accept(exchange());
    }
    assertThat(typed.run("logs", "-n", "3")).isZero();
    assertThat(typed.out().lines())
        .satisfiesExactly(
            line -> assertThat(line).endsWith("WARN backend rig down: refused"),
            line -> assertThat(line).endsWith("INFO backend attic up: 2 models"),
            line ->
                assertThat(line)
                    .endsWith(
                        "INFO CHAT → 200 answered m:1b on rig for app, first byte 12 ms, 900 ms,"
                            + " 41.5 tokens/s x1"));
    assertThat(typed.run("logs", "backend", "rig")).isZero();
    assertThat(typed.out().lines()).hasSize(2).noneMatch(line -> line.contains("attic"));
    typed.run("logs", "-n", "1", "--json");
    assertThat(Json.read(typed.out()).path("id").asText()).isEqualTo("x1");
    Files.writeString(home.resolve("logs/corral.log"), "not JSON\n");
    typed.run("logs");
    assertThat(typed.out()).isEqualTo("not JSON\n");
    Files.write(home.resolve("logs/corral.log"), new byte[] {'a', (byte) 0xff, '\n', 'b', '\n'});
    assertThat(typed.run("logs")).as(typed.err()).isZero();
    assertThat(typed.out()).isEqualTo("a\ufffd\nb\n");
    assertThat(typed.run("logs", "of", "nobody")).isEqualTo(2);
  }

  private static ExchangeEvent exchange() {
    return new ExchangeEvent(
        "x1",
        Instant.now(),
        "CHAT",
        "app",
        "m",
        "m:1b",
        "rig",
        200,
        ExchangeEvent.Outcome.ANSWERED,
        1,
        true,
        10,
        20,
        12_300_000,
        900_000_000,
        5,
        83,
        false,
        2_000_000_000);
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
