package dev.corral.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.corral.exchange.ExchangeEvent;
import dev.corral.exchange.ExchangeEvent.Outcome;
import dev.corral.journal.Entry.Level;
import dev.corral.testkit.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Await.LONG;
  private static final Instant NOON = Instant.parse("2026-08-01T12:00:00Z");

  @TempDir Path home;
  private final ByteArrayOutputStream console = new ByteArrayOutputStream();
  private Path folder;
  private Journal journal;

  @BeforeEach
  void open() {
    folder = home.resolve("logs");
    journal = journal(10 << 20);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  @Test
  void anExchangeBecomesOneLineOfJson() throws IOException {
    journal.accept(exchange("x1", "llama3.2:1b"));

    JsonNode line = lines().getFirst();
    assertThat(line.path("event").asText()).isEqualTo("exchange");
    assertThat(line.path("id").asText()).isEqualTo("x1");
    assertThat(line.path("model").asText()).isEqualTo("llama3.2:1b");
    assertThat(line.path("outcome").asText()).isEqualTo("answered");
    assertThat(line.path("firstByteMillis").asDouble()).isEqualTo(200.123);
    assertThat(line.path("tokensPerSecond").asDouble()).isEqualTo(40);
    assertThat(line.path("at").asText()).isEqualTo("2026-08-01T12:00:00.000000Z");
  }

  @Test
  void aNoticeSaysWhatItIsAbout() throws IOException {
    journal.notice(Level.WARN, "backend", "rig", "down", "connection refused");

    JsonNode line = lines().getFirst();
    assertThat(line.path("level").asText()).isEqualTo("warn");
    assertThat(line.path("subject").asText()).isEqualTo("rig");
    assertThat(line.path("state").asText()).isEqualTo("down");
    assertThat(line.path("message").asText()).isEqualTo("connection refused");
  }

  @Test
  void aNameWithLineBreaksAndTenThousandCharactersStaysOneShortLine() throws IOException {
    journal.accept(exchange("x1", "a\n\"b\\\u0000\u2028" + "z".repeat(10_000)));

    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst().path("model").asText()).startsWith("a\n\"b\\").hasSize(201);
  }

  @Test
  void secretsThatSomebodyPutWhereTheyDoNotBelongAreMasked() throws IOException {
    journal.accept(exchange("x1", "sk-live-0123456789abcdef"));
    journal.notice(
        Level.INFO, "config", "", "taken", "database jdbc:postgresql://me:hunter2@db/corral");
    LibraryLog.lead(journal);
    Logger.getLogger("some.library")
        .log(
            java.util.logging.Level.SEVERE,
            "failed with Authorization: Bearer top-secret-one, password=top-secret-two",
            new IllegalStateException(
                "url https://me:top-secret-three@host/?api_key=top-secret-4"));

    String written = text();
    assertThat(written)
        .contains("jdbc:postgresql://***@db/corral", "IllegalStateException", "some.library")
        .doesNotContain("hunter2", "top-secret", "0123456789abcdef");
    assertThat(console.toString(StandardCharsets.UTF_8)).doesNotContain("top-secret");
  }

  @Test
  void whileStartingWarningsAreAlsoToldOnTheConsoleAndLaterNotAnyMore() throws IOException {
    journal.notice(Level.WARN, "config", "", "not-taken", "line 3 is wrong");
    journal.notice(Level.INFO, "server", "", "started", "listening");
    journal.started();
    journal.notice(Level.WARN, "backend", "rig", "down", "gone");

    assertThat(console.toString(StandardCharsets.UTF_8)).isEqualTo("warn: line 3 is wrong\n");
    assertThat(lines()).hasSize(3);
  }

  @Test
  void aFileThatIsFullMakesPlaceForTheNextAndFiveOldOnesAreKept() throws IOException {
    journal.close();
    journal = journal(4_000);
    for (int i = 0; i < 200; i++) {
      journal.accept(exchange("x" + i, "m"));
      assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "corral.log",
              "corral.log.1",
              "corral.log.2",
              "corral.log.3",
              "corral.log.4",
              "corral.log.5");
    }
    List<JsonNode> kept = new ArrayList<>();
    for (int age = 5; age >= 1; age--) {
      Path old = folder.resolve("corral.log." + age);
      assertThat(Files.size(old)).isLessThanOrEqualTo(4_000);
      kept.addAll(lines(old));
    }
    kept.addAll(lines());
    for (int i = 0; i < kept.size(); i++) {
      assertThat(kept.get(i).path("id").asText()).isEqualTo("x" + (200 - kept.size() + i));
    }
  }

  @Test
  void aFolderThatCannotBeMadeHindersNobodyAndIsSaidOnce() throws IOException {
    Files.writeString(folder, "in the way");
    journal.accept(exchange("x1", "m"));
    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    journal.accept(exchange("x2", "m"));
    assertThat(journal.awaitWritten(PATIENCE)).isTrue();

    assertThat(journal.recent()).extracting(ExchangeEvent::id).containsExactly("x2", "x1");
    assertThat(journal.lost()).isEqualTo(2);
    assertThat(console.toString(StandardCharsets.UTF_8))
        .containsOnlyOnce("serving goes on without it");

    Files.delete(folder);
    journal.accept(exchange("x3", "m"));
    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    journal.close();
    awaitLine("\"x3\"");
    awaitLine("2 log entries were lost");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskHindersNobody() throws IOException {
    Files.createDirectories(folder);
    Files.createSymbolicLink(folder.resolve("corral.log"), Path.of("/dev/full"));
    journal.accept(exchange("x1", "m"));

    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    assertThat(journal.lost()).isEqualTo(1);
    assertThat(console.toString(StandardCharsets.UTF_8)).contains("No space left on device");
  }

  @Test
  void aFileThatSomebodyMovedAwayIsBegunAnew() throws IOException {
    journal.accept(exchange("x1", "m"));
    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    Files.move(folder.resolve("corral.log"), folder.resolve("elsewhere"));
    journal.accept(exchange("x2", "m"));

    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst().path("id").asText()).isEqualTo("x2");
  }

  @Test
  void theLastFiveHundredExchangesAreRememberedNewestFirst() {
    for (int i = 0; i < 600; i++) {
      journal.accept(exchange("x" + i, "m"));
    }
    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    assertThat(journal.recent()).hasSize(500);
    assertThat(journal.recent().getFirst().id()).isEqualTo("x599");
    assertThat(journal.recent().getLast().id()).isEqualTo("x100");
  }

  @Test
  void whoeverFollowsSeesEveryEntryInOrderAndAFollowerThatFailsHindersNobody() {
    List<Entry> seen = new CopyOnWriteArrayList<>();
    journal.follow(_ -> {
      throw new IllegalStateException("no");
    });
    journal.follow(seen::add);
    journal.accept(exchange("x1", "m"));
    journal.notice(Level.INFO, "backend", "rig", "up", "3 models");
    journal.accept(exchange("x2", "m"));

    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    assertThat(seen).hasSize(3);
    assertThat(seen.get(1)).isInstanceOf(Entry.Notice.class);
  }

  @Test
  void aWriterThatFallsBehindLosesEntriesCountsThemAndSaysSo() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch holding = new CountDownLatch(1);
    journal.follow(_ -> {
      holding.countDown();
      awaitQuietly(held);
    });
    journal.accept(exchange("first", "m"));
    holding.await();
    for (int i = 0; i < 20_000; i++) {
      journal.accept(exchange("x", "m"));
    }
    long lost = journal.lost();
    assertThat(lost).isBetween(3_000L, 4_000L);
    held.countDown();

    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    assertThat(text()).contains(lost + " log entries were lost");
  }

  @Test
  void entriesOfManyThreadsAllArrive() throws Exception {
    List<Thread> givers = new ArrayList<>();
    for (int g = 0; g < 8; g++) {
      String name = "g" + g;
      givers.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 1_000; i++) {
                  journal.accept(exchange(name, "m"));
                }
              }));
    }
    for (Thread giver : givers) {
      giver.join();
    }
    assertThat(lines()).hasSize(8_000);
    assertThat(journal.lost()).isZero();
  }

  @Test
  void closingWritesWhatIsThere() throws IOException {
    journal.notice(Level.INFO, "server", "", "stopped", "bye");
    journal.close();
    awaitLine("\"message\":\"bye\"");
  }

  /// Who closes waits for the last words a little, and on a busy machine not long enough.
  private void awaitLine(String part) {
    Await.until(() -> written().contains(part), part + " is in the file");
  }

  private String written() {
    try {
      return Files.readString(folder.resolve("corral.log"));
    } catch (IOException notYet) {
      return "";
    }
  }

  private Journal journal(long mostBytes) {
    return new Journal(
        folder,
        Clock.fixed(NOON, ZoneOffset.UTC),
        new PrintStream(console, true, StandardCharsets.UTF_8),
        mostBytes);
  }

  private String text() throws IOException {
    journal.awaitWritten(PATIENCE);
    return Files.readString(folder.resolve("corral.log"));
  }

  private List<JsonNode> lines() throws IOException {
    assertThat(journal.awaitWritten(PATIENCE)).isTrue();
    return lines(folder.resolve("corral.log"));
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readString(file).split("\n", -1)) {
      if (!line.isEmpty()) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ExchangeEvent exchange(String id, String model) {
    return new ExchangeEvent(
        id,
        NOON,
        "CHAT",
        "local",
        model,
        model,
        "rig",
        200,
        Outcome.ANSWERED,
        1,
        true,
        100,
        1000,
        200_123_456L,
        3_000_000_000L,
        26,
        100,
        false,
        2_500_000_000L);
  }
}
