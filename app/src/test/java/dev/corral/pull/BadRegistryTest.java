package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.StoreFailure;
import dev.corral.pull.Pull.Cause;
import dev.corral.testkit.Await;
import dev.corral.testkit.Content;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What registries, networks and people do to a pull. Whatever it is: the right bytes in the end,
/// or a sentence and nothing listed.
class BadRegistryTest {
  private static final Content WEIGHTS = Content.random(3_000_000, 1);
  private static final Where BLOB = Where.path(RegistryDouble.blobPath("ns/m", WEIGHTS.digest()));

  /// A program of its own on a busy machine.
  private static final Duration A_START = Duration.ofMinutes(3);

  @TempDir private Path folder;
  private final RegistryDouble registry = RegistryDouble.start();
  private Yard yard;

  @BeforeEach
  void open() {
    yard = new Yard(folder, registry);
    publish(registry);
  }

  @AfterEach
  void close() {
    yard.close();
    registry.close();
  }

  private static void publish(RegistryDouble at) {
    at.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
  }

  private String name() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  static Stream<Arguments> mischief() {
    return Stream.of(
        Arguments.of("a blob that is longer", new Mischief.Resized(7), "the manifest says"),
        Arguments.of("a blob that is shorter", new Mischief.Resized(-7), "the manifest says"),
        Arguments.of("a page for a blob", new Mischief.Page(), "web page"),
        Arguments.of("416", Mischief.status(416), "shorter than the manifest says"),
        Arguments.of("gzip that nobody asked for", new Mischief.Packed(), "packed"),
        Arguments.of("another range", new Mischief.WrongRange(), "another range"),
        Arguments.of(
            "the cloud's metadata",
            new Mischief.Elsewhere(302, "http://169.254.169.254/latest/meta-data"),
            "not among the hosts that may be asked"),
        Arguments.of(
            "another port of this machine",
            new Mischief.Elsewhere(307, "http://127.0.0.1:1/x"),
            "not among the hosts that may be asked"),
        Arguments.of("forbidden", Mischief.status(403), "does not give out"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mischief")
  void whatIsWrongForeverIsSaidAndNothingIsListedAndLaterItWorks(
      String what, Mischief trick, String said) throws Exception {
    registry.play(trick, BLOB);
    Pull failed = yard.pull(name());
    assertThat(failed.state()).as(what).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains(said).doesNotContain(folder.toString());
    assertThat(failed.problem().cause()).isEqualTo(isANo(said) ? Cause.DENIED : Cause.OTHER);
    assertThat(yard.has(name())).isFalse();
    assertThat(yard.files("manifests")).isEmpty();

    registry.behave();
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    assertWhole();
  }

  private void assertWhole() throws Exception {
    assertThat(Files.readAllBytes(yard.model(name()).weights().orElseThrow()))
        .isEqualTo(WEIGHTS.bytes());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mischief")
  void whatIsWrongOnceIsGotOver(String what, Mischief trick, String said) {
    registry.play(trick, BLOB.once());
    Pull end = yard.pull(name());
    assertThat(end.state()).as(what).isEqualTo(isANo(said) ? PullState.FAILED : PullState.DONE);
  }

  /// A registry's, or a rule's of ours.
  private static boolean isANo(String said) {
    return Stream.of("not among", "does not give", "redirects").anyMatch(said::startsWith);
  }

  static Stream<Arguments> mischiefAtTheManifest() {
    return Stream.of(
        Arguments.of("gzip that nobody asked for", new Mischief.Packed(), "packed"),
        Arguments.of("a page", new Mischief.Page(), "web page"),
        Arguments.of(
            "the cloud's metadata",
            new Mischief.Elsewhere(302, "http://169.254.169.254/latest/meta-data"),
            "not among the hosts that may be asked"),
        Arguments.of(
            "a circle",
            new Mischief.Elsewhere(307, RegistryDouble.manifestPath("ns/m", "t")),
            "redirects in a circle"),
        Arguments.of("forbidden", Mischief.status(403), "does not give out"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mischiefAtTheManifest")
  void whatIsWrongWithTheManifestIsSaidBeforeAByteOfABlobIsAskedFor(
      String what, Mischief trick, String said) throws Exception {
    registry.play(trick, Where.path(RegistryDouble.manifestPath("ns/m", "t")));
    Pull failed = yard.pull(name());
    assertThat(failed.state()).as(what).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains(said);
    assertThat(failed.problem().cause()).isEqualTo(isANo(said) ? Cause.DENIED : Cause.OTHER);
    assertThat(registry.exchanges(RegistryDouble.blobPath("ns/m", WEIGHTS.digest()))).isEmpty();
    registry.behave();
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    assertWhole();
  }

  @Test
  void aCircleOfRedirectsEndsInASentence() {
    String self = registry.url() + RegistryDouble.blobPath("ns/m", WEIGHTS.digest());
    registry.play(new Mischief.Elsewhere(307, self), BLOB);
    assertThat(yard.pull(name()).problem().text()).contains("redirects in a circle");
  }

  @Test
  void aTokenThatIsRevokedInTheMiddleIsFetchedAnew() throws Exception {
    try (RegistryDouble guarded = RegistryDouble.builder().tokens().start();
        Yard there = new Yard(folder.resolve("there"), guarded)) {
      publish(guarded);
      guarded.play(Mischief.heldFrom(400_000), BLOB);
      Pull job = there.ask("127.0.0.1:" + guarded.port() + "/ns/m:t");
      there.await(job.id(), pull -> pull.bytesDone() > 300_000);
      guarded.revokeTokens();
      guarded.behave();
      Pull done = there.awaitEnd(job.id());
      assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
      assertThat(guarded.exchanges("/token").size()).isEqualTo(2);
    }
  }

  @Test
  void aTokenThatIsRevokedForGoodDeniesTheRestAndWhatCameStays() throws Exception {
    registry.play(Mischief.heldFrom(400_000), BLOB.times(Yard.QUICK.connections()));
    registry.play(Mischief.status(401), BLOB);
    Pull failed = yard.pull(name());
    assertThat(failed.bytesDone()).isGreaterThan(100_000);
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().cause()).isEqualTo(Cause.DENIED);
    assertThat(failed.problem().text()).contains("does not give out", "401");
    assertThat(yard.has(name())).isFalse();

    registry.behave();
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    assertWhole();
  }

  @Test
  void aClockThatIsSetBackStopsNothing() throws Exception {
    registry.play(Mischief.heldFrom(400_000), BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 300_000);
    yard.clockBy(Duration.ofDays(-400));
    registry.behave();
    Pull done = yard.awaitEnd(job.id());
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(done.endedAt()).isAfterOrEqualTo(done.startedAt());
    assertWhole();
  }

  @Test
  void aConnectionThatOnlyDripsIsLeftForAnother() throws Exception {
    registry.play(new Mischief.Slow(20_000), BLOB.times(2));
    FetchSettings impatient =
        new FetchSettings(
            2,
            1 << 20,
            1 << 20,
            Duration.ofMillis(20),
            Duration.ofMillis(5),
            Duration.ofMillis(50),
            3,
            Yard.LIMIT,
            100_000,
            Duration.ofSeconds(1),
            Duration.ofMillis(50));
    Work.Order order =
        new Work.Order(Yard.name(name()), Pulls.OWN, false, () -> 0, Optional::empty);
    Run run = new Run(order, yard.store(), yard.sources(), impatient, new Throttle(0));
    assertThat(run.work()).isEqualTo(new Work.End.Done());
    String path = RegistryDouble.blobPath("ns/m", WEIGHTS.digest());
    Await.until(
        () -> registry.exchanges(path).stream().filter(Exchange::cancelled).count() >= 2,
        "the two that dripped were left");
    assertWhole();
  }

  @Test
  void whoDeletesAModelWhileItIsPulledAnewLosesTheOldOneAndGetsTheNewOne() throws Exception {
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    Content next = Content.random(2_000_000, 5);
    registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", next));
    registry.play(
        Mischief.heldFrom(400_000), Where.path(RegistryDouble.blobPath("ns/m", next.digest())));
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 300_000);
    assertThat(yard.store().delete(Yard.name(name()))).isTrue();
    assertThat(yard.has(name())).isFalse();
    registry.behave();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(yard.model(name()).weights().orElseThrow()))
        .isEqualTo(next.bytes());
  }

  @Test
  void deletingAModelAgainAndAgainBreaksNoPullOfIt() throws Exception {
    AtomicBoolean enough = new AtomicBoolean();
    // Never at rest: a virtual thread would keep the one processor of a small machine to itself.
    Thread deletes =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              while (!enough.get()) {
                try {
                  boolean _ = yard.store().delete(Yard.name(name()));
                } catch (StoreFailure e) {
                  throw new IllegalStateException(e);
                }
              }
            });
    for (int i = 0; i < 15; i++) {
      Pull end = yard.pull(name());
      if (end.state() != PullState.DONE) {
        assertThat(end.problem().text())
            .containsAnyOf("something else removes", "was removed by somebody else");
      }
    }
    enough.set(true);
    deletes.join();
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    assertWhole();
  }

  @Test
  void theCorralThatWaitsForABlobTakesOverFromOneThatIsKilled() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.createSymbolicLink(other.resolve("models"), folder.resolve("models"));
    registry.play(Mischief.heldFrom(500_000), BLOB);
    Process first = KilledPull.start(other, registry.port(), name());
    try {
      registry.awaitExchange(RegistryDouble.blobPath("ns/m", WEIGHTS.digest()), A_START);
      Pull job = yard.ask(name());
      yard.await(job.id(), pull -> pull.state() == PullState.PULLING);
      first.destroyForcibly();
      registry.behave();
      assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
      assertWhole();
    } finally {
      first.destroyForcibly();
      first.waitFor();
    }
  }

  @Test
  void twoCorralsOnOneStoreFetchABlobOnce() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.createSymbolicLink(other.resolve("models"), folder.resolve("models"));
    registry.play(Mischief.heldFrom(200_000), BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 100_000);
    Process second = KilledPull.start(other, registry.port(), name());
    try (BufferedReader said = second.inputReader(StandardCharsets.UTF_8)) {
      String line = said.readLine();
      while (line != null && line.equals("0")) {
        line = said.readLine();
      }
      assertThat(line).as("it counts what the first one is at").isEqualTo(WEIGHTS.size() + "");
      registry.behave();
      assertThat(said.lines().toList().getLast()).startsWith("DONE");
    }
    assertThat(second.waitFor()).isZero();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
    assertThat(Yard.bytesAsked(registry, RegistryDouble.blobPath("ns/m", WEIGHTS.digest())))
        .isEqualTo(WEIGHTS.size());
    assertWhole();
  }
}
