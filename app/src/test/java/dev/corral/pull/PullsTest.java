package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.blobs.Partial;
import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.testkit.Body;
import dev.corral.testkit.Content;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Jobs from the asking to the published model, and everything that gets in between.
class PullsTest {
  private static final Content WEIGHTS = Content.random(3_000_000, 1);
  private static final Content OTHERS = Content.random(500_000, 2);
  private static final Content TEMPLATE = Content.of("{{ .Prompt }}");
  private static final String BLOB = RegistryDouble.blobPath("ns/m", WEIGHTS.digest());
  private static final Where WHERE_BLOB = Where.path(BLOB);

  @TempDir private Path folder;
  private final RegistryDouble registry = RegistryDouble.start();
  private Yard yard;

  @BeforeEach
  void open() {
    yard = new Yard(folder, registry);
    registry.publish(
        "ns/m:t",
        Yard.CONFIG,
        new ImageLayer("model", WEIGHTS),
        new ImageLayer("template", TEMPLATE));
  }

  @AfterEach
  void close() {
    yard.close();
    registry.close();
  }

  private String name() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  @Test
  void aModelIsFetchedVerifiedAndPublished() throws Exception {
    Pull done = yard.pull(name());

    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(done.percent()).isEqualTo(100);
    assertThat(done.bytesDone()).isEqualTo(done.bytesTotal());
    assertThat(done.endedAt()).isNotNull();
    assertThat(yard.model(name()).whole()).isTrue();
    assertThat(Files.readAllBytes(yard.model(name()).weights().orElseThrow()))
        .isEqualTo(WEIGHTS.bytes());
    assertThat(yard.model(name()).texts().template()).isEqualTo("{{ .Prompt }}");
    assertThat(yard.files(".corral/partial")).isEmpty();
    assertThat(registry.exchanges(BLOB).size()).as("several ranges").isBetween(3, 60);
  }

  @Test
  void whatIsThereAlreadyIsNotFetchedAgain() {
    yard.pull(name());
    registry.forgetExchanges();
    Pull again = yard.pull(name());
    assertThat(again.state()).isEqualTo(PullState.DONE);
    assertThat(registry.exchanges()).as("the manifest alone").hasSize(1);
  }

  @Test
  void theSecondWhoAsksJoinsTheFirst() {
    registry.play(Mischief.heldFrom(0), WHERE_BLOB);
    Pull first = yard.ask(name());
    Pull second = yard.ask(name().replace("ns/m", "NS/M"));
    assertThat(second.id()).isEqualTo(first.id());
    registry.behave();
    assertThat(yard.awaitEnd(first.id()).state()).isEqualTo(PullState.DONE);
    assertThat(registry.exchanges(RegistryDouble.manifestPath("ns/m", "t"))).hasSize(1);
  }

  @Test
  void twoNamesWithTheSameBlobFetchItOnce() {
    registry.publish("ns/m:u", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
    registry.play(Mischief.heldFrom(1), WHERE_BLOB);
    Pull one = yard.ask(name());
    Pull other = yard.ask(name().replace(":t", ":u"));
    yard.await(one.id(), pull -> pull.bytesDone() > 0);
    yard.await(other.id(), pull -> pull.bytesTotal() > 0);
    registry.behave();
    assertThat(yard.awaitEnd(one.id()).state()).isEqualTo(PullState.DONE);
    assertThat(yard.awaitEnd(other.id()).state()).isEqualTo(PullState.DONE);
    assertThat(bytesAsked()).isEqualTo(WEIGHTS.size());
  }

  @Test
  void waitingForAnotherPullIsNoSilenceOfTheRegistry() throws Exception {
    registry.play(Mischief.status(503), WHERE_BLOB.once());
    AtomicLong ahead = new AtomicLong();
    Backoff backoff = new Backoff(Yard.QUICK, () -> System.nanoTime() + ahead.get());
    Stop stop = new Stop();
    Fetcher fetcher =
        new Fetcher(yard.store(), Yard.QUICK, backoff, new Throttle(0), stop, new HashSet<>());
    Digest digest = Digest.parse(WEIGHTS.digest()).orElseThrow();
    Layer layer = new Layer(Layer.MODEL, digest, WEIGHTS.size());
    Source source = Source.of(yard.sources().registry().open(Yard.name(name()), stop.leash()));
    FutureTask<Work.End> waits = new FutureTask<>(() -> fetcher.blob(fetcher.share(layer), source));
    try (Partial _ = yard.store().partial(digest)) {
      Thread.ofVirtual().start(waits);
      ahead.set(Yard.QUICK.giveUp().multipliedBy(2).toNanos());
    }
    assertThat(waits.get()).isEqualTo(new Work.End.Done());
    assertThat(registry.exchanges(BLOB).size()).as("asked again").isGreaterThan(1);
  }

  private long bytesAsked() {
    return Yard.bytesAsked(registry, BLOB);
  }

  @Test
  void aJobIsPausedAndGoesOnWhereItWas() {
    registry.play(Mischief.heldFrom(1_000_000), WHERE_BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 800_000);
    assertThat(yard.pulls().pause(job.id())).isTrue();
    Pull paused = yard.await(job.id(), pull -> pull.state() == PullState.PAUSED);
    assertThat(paused.bytesDone()).isGreaterThan(800_000);
    registry.behave();
    registry.forgetExchanges();

    assertThat(yard.pulls().resume(job.id())).isTrue();
    Pull done = yard.awaitEnd(job.id());
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(done.attempt()).isEqualTo(2);
    assertThat(bytesAsked()).isLessThanOrEqualTo(WEIGHTS.size() - 800_000);
  }

  @Test
  void askingForAPausedModelGoesOnWithItsJob() {
    registry.play(Mischief.heldFrom(200_000), WHERE_BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 100_000);
    yard.pulls().pause(job.id());
    yard.await(job.id(), pull -> pull.state() == PullState.PAUSED);
    registry.behave();
    assertThat(yard.ask(name()).id()).isEqualTo(job.id());
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
  }

  @Test
  void aCancelledJobEndsAtOnceAndLeavesNoModel() {
    registry.play(new Mischief.StallAt(100_000), WHERE_BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 0);
    assertThat(yard.pulls().cancel(job.id())).isTrue();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.CANCELLED);
    assertThat(yard.has(name())).isFalse();
    assertThat(yard.pulls().cancel(job.id())).isFalse();
    assertThat(yard.pulls().cancel("nobody")).isFalse();
  }

  @Test
  void aRestartGoesOnByItself() {
    registry.play(Mischief.heldFrom(1_000_000), WHERE_BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 800_000);
    yard.stop();
    registry.behave();
    registry.forgetExchanges();

    yard.start(Optional.empty());
    Pull done = yard.awaitEnd(job.id());
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(done.startedAt().toEpochMilli()).isEqualTo(job.startedAt().toEpochMilli());
    assertThat(bytesAsked()).isLessThanOrEqualTo(WEIGHTS.size() - 800_000);
    assertThat(yard.model(name()).whole()).isTrue();
  }

  @Test
  void onlySoManyJobsWorkAtOnce() {
    for (String tag : List.of("a", "b", "c")) {
      registry.publish(
          "ns/m:" + tag,
          Yard.CONFIG,
          new ImageLayer("model", Content.random(2_000_000, tag.hashCode())));
    }
    registry.play(Mischief.heldFrom(100_000), Where.everywhere());
    List<Pull> jobs =
        List.of("a", "b", "c").stream()
            .map(tag -> yard.ask(name().replace(":t", ":" + tag)))
            .toList();
    yard.await(jobs.get(0).id(), pull -> pull.bytesDone() > 0);
    yard.await(jobs.get(1).id(), pull -> pull.bytesDone() > 0);
    assertThat(yard.pulls().find(jobs.get(2).id()).orElseThrow().state())
        .isEqualTo(PullState.QUEUED);
    registry.behave();
    jobs.forEach(job -> assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE));
    Set<String> working = new HashSet<>();
    for (PullEvent event : List.copyOf(yard.events)) {
      boolean _ =
          event.pull().state().running()
              ? working.add(event.pull().id())
              : working.remove(event.pull().id());
      assertThat(working).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void oneWrongByteOnceIsCuredWithoutAWord() throws Exception {
    registry.play(new Mischief.Flip(10), WHERE_BLOB.once());
    Pull done = yard.pull(name());
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(yard.model(name()).weights().orElseThrow()))
        .isEqualTo(WEIGHTS.bytes());
  }

  @Test
  void aRegistryWhoseBytesStayWrongIsNamedAndTheOldModelStays() {
    yard.pull(name());
    String before = yard.model(name()).digest().toString();
    registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", OTHERS));
    registry.play(
        new Mischief.Flip(10), Where.path(RegistryDouble.blobPath("ns/m", OTHERS.digest())));

    Pull failed = yard.pull(name());

    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains("digest mismatch", OTHERS.digest());
    assertThat(failed.problem().next()).contains("Nothing of it was kept");
    assertThat(yard.model(name()).digest()).hasToString(before);
    assertThat(yard.model(name()).whole()).isTrue();
    registry.behave();
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
  }

  @Test
  void whatBreaksOffIsTakenUpAgain() {
    yard.close();
    yard = Yard.impatient(folder, Duration.ofSeconds(2), Yard.QUICK, registry);
    registry.play(new Mischief.CutAt(100_000), WHERE_BLOB.times(3));
    registry.play(Mischief.status(500), WHERE_BLOB.times(2));
    registry.play(Mischief.busy(429, Duration.ZERO), WHERE_BLOB.times(2));
    registry.play(new Mischief.StallAt(50_000), WHERE_BLOB.times(2));
    Pull done = yard.pull(name());
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(yard.model(name()).whole()).isTrue();
  }

  @Test
  void aRegistryThatGivesNothingAnyMoreIsGivenUpAndTakenUpLater() {
    yard.close();
    yard = Yard.impatient(folder, Yard.LIMIT, Yard.quick(Duration.ofSeconds(5)), registry);
    registry.play(new Mischief.CutAt(100_000), WHERE_BLOB.times(4));
    registry.play(Mischief.status(503), WHERE_BLOB);
    Pull failed = yard.pull(name());
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains("503");
    registry.behave();
    registry.forgetExchanges();
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    assertThat(bytesAsked()).as("what came before was kept").isLessThan(WEIGHTS.size());
  }

  @Test
  void aRegistryThatKnowsNoRangesIsReadFromTheStart() throws Exception {
    registry.play(new Mischief.CutAt(200_000), WHERE_BLOB.once());
    registry.play(new Mischief.IgnoreRange(), WHERE_BLOB);
    Pull done = yard.pull(name());
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(yard.model(name()).weights().orElseThrow()))
        .isEqualTo(WEIGHTS.bytes());
    assertThat(registry.exchanges(BLOB).size()).isLessThan(10);
  }

  @Test
  void aTagThatMovesDuringThePullIsFollowed() {
    Content old = Content.of("weights that the registry has removed");
    registry.publish("ns/m:old", Yard.CONFIG, new ImageLayer("model", old));
    Body before = registry.manifest("ns/m:old");
    registry.play(Mischief.status(404), Where.path(RegistryDouble.blobPath("ns/m", old.digest())));
    Where manifest = Where.path(RegistryDouble.manifestPath("ns/m", "t"));
    registry.play(new Mischief.Instead(before), manifest.once());

    Pull done = yard.pull(name());

    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(yard.model(name()).weightsLayer().orElseThrow().digest())
        .hasToString(WEIGHTS.digest());
  }

  @Test
  void aBlobThatIsListedAndNotThereIsSaid() {
    registry.play(Mischief.status(404), WHERE_BLOB);
    Pull failed = yard.pull(name());
    assertThat(failed.problem().text())
        .contains("the registry lists a blob of")
        .contains("that it does not have");
    assertThat(registry.exchanges(RegistryDouble.manifestPath("ns/m", "t")))
        .as("asked again, in case the tag had moved")
        .hasSize(2);
  }

  @Test
  void whatCannotSucceedEndsInOneSentence() {
    Pull missing = yard.pull(name().replace(":t", ":nothing"));
    assertThat(missing.problem().cause()).isEqualTo(Pull.Cause.MISSING);
    assertThat(missing.problem().sentence()).contains("there is no model", "Check the spelling");

    registry.publish("ns/m:page", Body.of("<html>"));
    registry.publish("ns/m:empty", Body.of("{}"));
    assertThat(yard.pull(name().replace(":t", ":page")).problem().text()).contains("web page");
    assertThat(yard.pull(name().replace(":t", ":empty")).problem().text())
        .contains("the manifest makes no sense");

    registry.play(new Mischief.Elsewhere(307, "http://169.254.169.254/"), WHERE_BLOB);
    Pull led = yard.pull(name());
    assertThat(led.problem().text()).contains("redirects to http://169.254.169.254");
    assertThat(yard.pull("example.com/a/b").problem().next()).contains("pull.hosts");
    for (Pull pull : yard.pulls().all()) {
      assertThat(pull.state()).isEqualTo(PullState.FAILED);
    }
    assertThat(yard.files("manifests")).isEmpty();
  }

  @Test
  void whatDoesNotFitOnTheDiskIsRefusedBeforeTheFirstByte() {
    yard.stop();
    yard.start(Optional.of(Bytes.gibi(1 << 20)));
    Pull failed = yard.pull(name());
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains("not enough room");
    assertThat(failed.problem().cause()).isEqualTo(Pull.Cause.NO_ROOM);
    assertThat(registry.exchanges(BLOB)).isEmpty();
  }

  @Test
  void aPullThatHadBegunWaitsForRoomAndDoesNotEnd() {
    registry.play(Mischief.heldFrom(200_000), WHERE_BLOB);
    Pull job = yard.ask(name());
    yard.await(job.id(), pull -> pull.bytesDone() > 100_000);
    yard.stop();
    registry.behave();
    yard.start(Optional.of(Bytes.gibi(1 << 20)));
    Pull paused = yard.await(job.id(), pull -> pull.state() == PullState.PAUSED);
    assertThat(paused.problem().text()).contains("no space left").contains("still to come");
    yard.stop();
    yard.start(Optional.empty());
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
  }

  @Test
  void theBytesThatAreShownNeverFall() {
    registry.play(new Mischief.CutAt(100_000), WHERE_BLOB.times(3));
    registry.play(new Mischief.Slow(1_000_000), WHERE_BLOB.times(4));
    registry.play(new Mischief.Flip(5), WHERE_BLOB.times(8));
    Pull job = yard.ask(name());
    Pull now = job;
    while (!now.state().ended()) {
      Pull next = yard.pulls().awaitChange(job.id(), now, Duration.ofSeconds(30)).orElseThrow();
      assertThat(next.bytesDone()).isGreaterThanOrEqualTo(now.bytesDone());
      assertThat(next.percent()).isGreaterThanOrEqualTo(now.percent());
      now = next;
    }
    assertThat(now.state()).isEqualTo(PullState.DONE);
  }

  @Test
  void whoeverFollowsIsToldEachState() {
    yard.pull(name());
    assertThat(yard.events.stream().map(event -> event.pull().state()).toList())
        .startsWith(PullState.QUEUED, PullState.RESOLVING)
        .endsWith(PullState.DONE);
  }

  @Test
  void aBlobOnAnotherHostComesWithoutOurToken() {
    try (RegistryDouble storage = RegistryDouble.start();
        RegistryDouble front = RegistryDouble.builder().tokens().blobsAt(storage).start();
        Yard there = new Yard(folder.resolve("there"), front, storage)) {
      front.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
      Pull done = there.pull("127.0.0.1:" + front.port() + "/ns/m:t");
      assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
      for (Exchange exchange : storage.exchanges()) {
        assertThat(exchange.request().headers().has("Authorization")).isFalse();
      }
    }
  }

  @Test
  void whatFollowsThePullsMayFailAndTheyGoOn() {
    yard.pulls()
        .follow(event -> {
          throw new IllegalStateException("a mistake of a follower");
        });
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
  }

  @Test
  void nobodyWaitsForAnAnswerOfPullsThatHaveEnded() {
    yard.pulls().close();
    assertThatThrownBy(() -> yard.ask(name())).hasMessageContaining("Corral is stopping");
    assertThat(yard.pulls().pause("any")).isFalse();
  }

  @Test
  void aMistakeWithOneWishLetsNobodyWaitAndTheNextIsFetched() {
    yard.clockBy(Duration.ofSeconds(Long.MAX_VALUE)); // no instant is so late
    assertThatThrownBy(() -> yard.ask(name())).hasMessageContaining("Corral made a mistake");
    yard.clockBy(Duration.ZERO);
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
  }
}
