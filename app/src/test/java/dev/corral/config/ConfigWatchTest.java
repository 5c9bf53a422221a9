package dev.corral.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigWatchTest {
  @TempDir private Path home;
  private final BlockingQueue<Loaded<Farm>> taken = new LinkedBlockingQueue<>();
  private Path file;
  private ConfigWatch watch;

  @BeforeEach
  void watch() throws IOException {
    file = home.resolve("corral.yaml");
    Files.writeString(file, "owner: Ann\n");
    watch = watching(taken::add);
  }

  private ConfigWatch watching(Consumer<Loaded<Farm>> taker) {
    return watching(() -> List.of(home.resolve("tiers.yaml")), taker);
  }

  private ConfigWatch watching(Supplier<List<Path>> beside, Consumer<Loaded<Farm>> taker) {
    Sources sources = new Sources(Map.of(), Map.of(), home.resolve("work"), home, null);
    return ConfigWatch.start(
        sources,
        Duration.ofMillis(5),
        beside,
        () -> Config.standard().load(Farm.class, Farm.DEFAULTS, sources),
        taker);
  }

  @AfterEach
  void close() {
    watch.close();
  }

  @Test
  void aChangedFileIsTakenOver() throws Exception {
    put(file, "owner: Bob\n");
    assertThat(owner()).isEqualTo("Bob");
  }

  @Test
  void aFileOfTheSameLengthThatWasPutInItsPlaceIsTakenOver() throws Exception {
    Path other = Files.writeString(home.resolve("new.yaml"), "owner: Eve\n");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    assertThat(owner()).isEqualTo("Eve");
  }

  @Test
  void aBrokenFileIsToldAndTheNextGoodOneIsTakenOver() throws Exception {
    put(file, "ownr: Bob\n");
    assertThat(next()).isInstanceOf(Loaded.Invalid.class);
    put(file, "owner: Bob\n");
    assertThat(owner()).isEqualTo("Bob");
  }

  @Test
  void aFileThatVanishesIsAProblemAndNotAllDefaults() throws Exception {
    Files.delete(file);
    assertThat(next())
        .isInstanceOfSatisfying(
            Loaded.Invalid.class,
            invalid -> assertThat(invalid.problems().toString()).contains("the file is gone"));
  }

  @Test
  void aDotEnvCountsToo() throws Exception {
    put(home.resolve(".env"), "CORRAL_OWNER=Kim\n");
    assertThat(owner()).isEqualTo("Kim");
  }

  @Test
  void aFileBesideThatComesChangesOrGoesCountsToo() throws Exception {
    Path beside = home.resolve("tiers.yaml");
    put(beside, "tiers: {}\n");
    assertThat(owner()).isEqualTo("Ann");
    put(beside, "tiers: {free: {model: hen}}\n");
    assertThat(owner()).isEqualTo("Ann");
    Files.delete(beside);
    assertThat(owner()).isEqualTo("Ann");
  }

  @Test
  void aFileThatIsStillBeingWrittenIsLeftAloneUntilItStandsStill() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    BlockingQueue<Loaded<Farm>> still = new LinkedBlockingQueue<>();
    Supplier<List<Path>> editor =
        () -> {
          if (looks.incrementAndGet() <= 20) {
            write("owner: Ann" + looks + "\n");
          }
          return List.of();
        };
    ConfigWatch patient = watching(editor, still::add);
    assertThat(still.poll(60, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            Loaded.Valid.class,
            valid -> assertThat(valid.settings()).hasFieldOrPropertyWithValue("owner", "Ann20"));
    patient.close();
    assertThat(still).isEmpty();
  }

  private void write(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsBeingTakenOverWhenTheProgramClosesIsTakenOverWhole() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    AtomicReference<String> end = new AtomicReference<>("never");
    ConfigWatch slow =
        watching(_ -> {
          begun.countDown();
          try {
            goesOn.await();
            end.set("whole");
          } catch (InterruptedException cut) {
            end.set("cut short");
          }
        });
    put(file, "owner: Bob\n");
    begun.await();
    Thread closing = Thread.ofVirtual().start(slow::close);
    Await.until(() -> closing.getState() == Thread.State.TIMED_WAITING, "it waits for the end");
    goesOn.countDown();
    closing.join();
    assertThat(end).hasValue("whole");
  }

  @Test
  void aTakeoverThatFailsIsTriedAgainUntilItGoes() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    BlockingQueue<Loaded<Farm>> late = new LinkedBlockingQueue<>();
    ConfigWatch unlucky =
        watching(loaded -> {
          if (tries.incrementAndGet() < 3) {
            throw new IllegalStateException("the database is away");
          }
          late.add(loaded);
        });
    put(file, "owner: Bob\n");
    assertThat(late.poll(60, TimeUnit.SECONDS)).isInstanceOf(Loaded.Valid.class);
    unlucky.close();
    assertThat(tries).as("and no more once it went").hasValue(3);
  }

  /// At once: half a file may stand still where whoever writes it is kept waiting.
  private void put(Path where, String text) throws IOException {
    Path part = Files.writeString(home.resolve("part"), text);
    Files.move(part, where, StandardCopyOption.ATOMIC_MOVE);
  }

  private String owner() throws InterruptedException {
    return next() instanceof Loaded.Valid<Farm>(var farm, _, _, _) ? farm.owner() : "refused";
  }

  private Loaded<Farm> next() throws InterruptedException {
    return Objects.requireNonNull(taken.poll(60, TimeUnit.SECONDS), "nobody noticed");
  }
}
