package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.OllamaFolder;
import dev.corral.node.OwnNode;
import dev.corral.node.Pulling;
import dev.corral.ollama.Management;
import dev.corral.testkit.Await;
import dev.corral.testkit.Content;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Fault;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pulls into a node, which pulls by itself and has its moods.
class NodePullTest {
  private static final Duration LIMIT = Await.LONG;
  private static final Content WEIGHTS = Content.random(100_000, 7);

  /// What one may stand still in the tests of that.
  private static final Duration STALL = Duration.ofMillis(2_500);

  private static final int MOST_CURES = 3;

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private final RegistryDouble registry = RegistryDouble.start();
  private final OllamaNode node = OllamaNode.start();
  private Yard yard;
  private Optional<OllamaFolder> store = Optional.empty();
  private boolean mayWrite;
  private String manifest;

  @BeforeEach
  void open() {
    yard = new Yard(folder, registry);
    manifest = registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
    reach(Await.LONG);
  }

  @AfterEach
  void close() {
    yard.close();
    node.close();
    registry.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /// Short waits between tries, otherwise as in earnest.
  ///
  /// @param stall how long a node may be silent; only a test of that is hasty
  private void reach(Duration stall) {
    reach(stall, LIMIT);
  }

  private void reach(Duration stall, Duration giveUp) {
    NodePatience patience =
        new NodePatience(
            Await.LONG,
            stall,
            stall.multipliedBy(2),
            Await.LONG,
            20 << 20,
            Duration.ofMinutes(5),
            Duration.ofMillis(20),
            Duration.ofMillis(10),
            Duration.ofMillis(50),
            giveUp,
            2,
            MOST_CURES);
    Target target = Target.parse("rig", node.url().toString(), "");
    yard.pulls()
        .reach(
            new Nodes(
                new Management(upstream, "instance-of-the-test"),
                name ->
                    name.equals("rig")
                        ? Optional.of(new NodeSpot("rig", target, store, mayWrite))
                        : Optional.empty(),
                patience));
  }

  private String model() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  private Pull ask() {
    return yard.pulls().ask(Yard.name(model()), "rig", "test");
  }

  private Pull pull() {
    return yard.awaitEnd(ask().id());
  }

  /// As an Ollama would pull what the registry has.
  private PullPlan right() {
    return as("the fox");
  }

  private PullPlan as(String sentence) {
    return PullPlan.brings(TestModel.says("m", sentence).ofSize(WEIGHTS.size()))
        .of(hex(manifest), hex(WEIGHTS.digest()));
  }

  private static String hex(String digest) {
    return digest.substring(digest.indexOf(':') + 1);
  }

  private int pulls() {
    return node.exchanges("/api/pull").size();
  }

  @Test
  void theNodePullsAndTheJobKnowsTheTotalFromTheRegistry() {
    node.onPull(model(), right());
    Pull done = pull();
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(done.target()).isEqualTo("rig");
    assertThat(done.bytesTotal()).isEqualTo(WEIGHTS.size() + Yard.CONFIG.size());
    assertThat(done.bytesDone()).isEqualTo(done.bytesTotal());
    assertThat(node.modelNames()).contains(model());
    assertThat(node.isLoaded(model())).as("it was loaded once, to see that it can").isTrue();
    assertThat(node.exchanges("/api/pull").getFirst().request().body().text())
        .contains("\"http://" + model() + "\"", "\"insecure\":true");
  }

  @Test
  void theSecondWhoAsksJoinsAndAClosedClientEndsNothing() {
    node.onPull(model(), right());
    node.inject(new Fault.Held(2), Where.path("/api/pull"));
    OwnNode face = new OwnNode(List.of(new Pulling(yard.pulls()).routes()));
    CalledNode.postAndLeave(face, "/api/pull?on=rig", "{\"model\":\"" + model() + "\"}", 1);
    Pull first = yard.pulls().all().getFirst();
    Pull second = ask();
    assertThat(second.id()).isEqualTo(first.id());
    node.heal();
    assertThat(yard.awaitEnd(first.id()).state()).isEqualTo(PullState.DONE);
    assertThat(node.exchanges("/api/pull"))
        .extracting(Exchange::fate)
        .as("one pull, which nobody broke off")
        .containsExactly(Exchange.Fate.ANSWERED);
  }

  @Test
  void aPullThatStandsStillIsIssuedAgainAndTheTotalNeverFalls() {
    reach(STALL);
    node.onPull(model(), right().in(10, Duration.ofMillis(10)));
    node.inject(Fault.stallAfter(6), Where.path("/api/pull").once());
    Pull done = pull();
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(done.attempt()).isEqualTo(2);
    assertThat(pulls()).isEqualTo(2);
    long before = 0;
    for (PullEvent event : List.copyOf(yard.events)) {
      assertThat(event.pull().bytesDone()).isGreaterThanOrEqualTo(before);
      before = event.pull().bytesDone();
    }
  }

  @Test
  void aSilentVerificationIsNoStall() {
    reach(STALL);
    node.onPull(model(), right().verifyingFor(STALL.plus(STALL.dividedBy(2))));
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(1);
  }

  @Test
  void aNodeThatRestartsInTheMiddleIsAskedAgain() {
    node.onPull(model(), right());
    node.inject(Fault.cutAfter(3), Where.path("/api/pull").times(3));
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(4);
  }

  @Test
  void whileTheNodeIsAwayTheJobStandsStillAndGoesOnWhenItIsBack() {
    node.onPull(model(), right());
    node.refuse();
    Pull job = ask();
    yard.await(job.id(), now -> now.state() == PullState.STALLED);
    node.acceptAgain();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
  }

  @Test
  void aNodeThatBeginsAtTheFirstByteAfterARestartIsGivenItsTime() {
    reach(STALL);
    // A killed Ollama has saved nothing: ollama-live.md item 14. Each step is news.
    node.onPull(model(), right().in(8, Duration.ofMillis(5)), slow());
    node.inject(Fault.cutAfter(8), Where.path("/api/pull").once());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(2);
  }

  /// Healthy, and longer on the way than one may stand still.
  private PullPlan slow() {
    return right().in(10, STALL.dividedBy(6));
  }

  @Test
  void aJobGoesOnAfterARestartOfOurs() {
    node.onPull(model(), right());
    node.inject(Fault.hang(), Where.path("/api/pull").once());
    Pull job = ask();
    node.awaitExchange("/api/pull", LIMIT);
    yard.stop();
    yard.start(Optional.empty());
    Pull waiting = yard.pulls().find(job.id()).orElseThrow();
    assertThat(waiting.state()).as("until the nodes are known").isEqualTo(PullState.QUEUED);
    reach(Await.LONG);
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
  }

  @Test
  void successIsNotBelievedWhereTheDigestIsAnother() {
    node.onPull(model(), right().of("ab".repeat(32), hex(WEIGHTS.digest())), right());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(2);
  }

  @Test
  void aNodeThatNeverHasTheRegistrysVersionIsNamed() {
    node.onPull(model(), right().of("ab".repeat(32), hex(WEIGHTS.digest())));
    Pull failed = pull();
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().sentence())
        .isEqualTo(
            "the node 'rig' has another version than the registry. Look which registry or mirror"
                + " that node asks.");
  }

  @Test
  void aBlobOfAnotherSizeThanTheManifestSaysIsCuredByDeletingAndPullingAgain() {
    PullPlan truncated =
        PullPlan.brings(TestModel.says("m", "the f").ofSize(WEIGHTS.size() / 2))
            .of(hex(manifest), hex(WEIGHTS.digest()));
    node.onPull(model(), truncated, right());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(node.exchanges("/api/delete")).hasSize(1);
    assertThat(node.model(model()).orElseThrow().sentence()).isEqualTo("the fox");
  }

  @Test
  void whatIsFetchedAgainAfterACureHasAllTheTimeThatAFirstOneHas() {
    reach(STALL);
    PullPlan truncated =
        PullPlan.brings(TestModel.says("m", "the f").ofSize(WEIGHTS.size() / 2))
            .of(hex(manifest), hex(WEIGHTS.digest()));
    node.onPull(model(), truncated, slow());
    Pull done = pull();
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).as("no try was taken for one that stands still").isEqualTo(2);
  }

  @Test
  void whatIsFetchedAgainAfterAMismatchHasItTooAndIsNotGivenUp() {
    reach(STALL);
    String words = "digest mismatch, file must be downloaded again: want sha256:a, got b";
    node.onPull(model(), right().failing(words), slow(), slow());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).as("wrong, unchecked, right").isEqualTo(3);
  }

  @Test
  void whatCameWithAWrongBlobIsNotTrustedEither() {
    // As recorded: the second pull takes the unchecked blobs of the first as cached.
    node.onPull(
        model(),
        right().failing("digest mismatch, file must be downloaded again: want sha256:a, got b"),
        as("\u0084"),
        right());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(node.exchanges("/api/delete")).hasSize(1);
    assertThat(node.model(model()).orElseThrow().sentence()).isEqualTo("the fox");
  }

  /// What a killed Ollama does, as seen with v0.33.0: the blobs have their names before they are
  /// verified, and the next pull takes them as they are.
  private void endsWhileItVerifies(PullPlan unverified) {
    int untilItVerifies = 6;
    node.onPull(model(), right(), unverified.in(1, Duration.ZERO), right());
    node.inject(new Fault.CutAfter(untilItVerifies, false), Where.path("/api/pull").once());
  }

  @Test
  void whatANodeThatEndedWhileItVerifiedHadFetchedIsNotTrusted() {
    endsWhileItVerifies(as("\u0084"));
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).as("ended, unverified, right").isEqualTo(3);
    assertThat(node.exchanges("/api/delete")).hasSize(1);
    assertThat(node.model(model()).orElseThrow().sentence()).isEqualTo("the fox");
  }

  @Test
  void whereTheFolderCanBeReadWhatWasNotVerifiedIsHashedAndNotFetchedAgain() throws IOException {
    Files.write(folderOfTheNode().resolve(WEIGHTS.digest().replace(':', '-')), WEIGHTS.bytes());
    endsWhileItVerifies(right());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(2);
    assertThat(node.exchanges("/api/delete")).isEmpty();
  }

  /// A folder as the node's, which may be read, with all but the weights in it.
  ///
  /// @return where its blobs are
  private Path folderOfTheNode() throws IOException {
    Path blobs = Files.createDirectories(folder.resolve("ollama/blobs"));
    Path names =
        Files.createDirectories(
            folder.resolve("ollama/manifests/127.0.0.1:" + registry.port() + "/ns/m"));
    Files.write(names.resolve("t"), registry.manifest("ns/m:t").bytes());
    Files.write(blobs.resolve(Yard.CONFIG.digest().replace(':', '-')), Yard.CONFIG.bytes());
    store = Optional.of(OllamaFolder.at(folder.resolve("ollama")));
    return blobs;
  }

  @Test
  void aModelThatTheNodeCannotReadIsCured() {
    node.onPull(model(), right());
    node.inject(
        new Fault.Status(500, "invalid character '\\u0084' looking for beginning of value"),
        Where.path("/api/show").once());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(node.exchanges("/api/delete")).hasSize(1);
  }

  @Test
  void aModelThatFindsNoMemoryNowIsThereAllTheSame() {
    node.onPull(model(), right());
    node.inject(
        new Fault.Status(
            500, "model requires more system memory (9 GiB) than is available (1 GiB)"),
        Where.path("/api/generate"));
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(node.exchanges("/api/delete")).isEmpty();
  }

  @Test
  void aPullThatCanNeverSucceedByItselfGetsTheBlobFromUs() {
    // What a signal in the middle of a pull leaves: ollama-live.md item 7.
    node.onPull(model(), right().in(0, Duration.ZERO).failing("EOF"), right());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(node.blob(WEIGHTS.digest()).orElseThrow().bytes()).isEqualTo(WEIGHTS.bytes());
    assertThat(pulls()).isEqualTo(2);
  }

  @Test
  void whatCannotSucceedAndCannotBeHandedOverIsSaidAfterAFewTries() {
    node.onPull(model(), right().in(0, Duration.ZERO).failing("EOF"));
    registry.play(
        Mischief.status(404), Where.path(RegistryDouble.blobPath("ns/m", WEIGHTS.digest())));
    Pull failed = pull();
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text())
        .isEqualTo("the node says: EOF: what an interrupted pull left on the node 'rig' is broken");
    assertThat(failed.problem().next())
        .contains("that it does not have). Remove", "named -partial", "corral pull " + model());
    assertThat(pulls()).isEqualTo(MOST_CURES + 1);
  }

  @Test
  void whatFailsAlthoughItWasHandedOverIsNotSaidToBeRefused() {
    String words =
        "remove /x/sha256-" + hex(WEIGHTS.digest()) + "-partial-0: no such file or directory";
    node.onPull(model(), right().in(0, Duration.ZERO).failing(words));
    Pull failed = pull();
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text())
        .endsWith("on the node 'rig' is broken")
        .doesNotContain("/x/");
    assertThat(failed.problem().next())
        .startsWith("Corral gave it whole files instead, which was not enough. Remove the files");
    assertThat(pulls()).isEqualTo(MOST_CURES + 1);
  }

  @Test
  void whereTheFolderCanBeReadEveryBlobIsHashed() throws IOException {
    Path weights = folderOfTheNode().resolve(WEIGHTS.digest().replace(':', '-'));
    byte[] damaged = WEIGHTS.bytes();
    damaged[50_000] ^= 1;
    Files.write(weights, damaged);
    node.onPull(model(), right());
    Pull failed = pull();
    assertThat(failed.state()).as("nobody puts it right here").isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text())
        .isEqualTo("the node 'rig' says success, but bytes there are not what their digest says");
    assertThat(node.exchanges("/api/delete")).hasSize(MOST_CURES);
    mayWrite = true;
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(weights)).as("we put it right").isEqualTo(WEIGHTS.bytes());
  }

  @Test
  void theTimeInWhichWeLookedOurselvesIsNoSilenceOfTheNode() {
    Duration giveUp = Duration.ofSeconds(5);
    reach(Await.LONG, giveUp);
    node.onPull(model(), right());
    node.inject(Fault.silentPrefill(giveUp.plusMillis(500)), Where.path("/api/tags").once());
    node.inject(new Fault.CutBeforeHead(), Where.path("/api/show").once());
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(2);
  }

  @Test
  void aRegistryThatWeCannotAskLeavesTheNodeToItself() {
    registry.crash();
    node.onPull(model(), right());
    Pull done = pull();
    assertThat(done.state()).isEqualTo(PullState.DONE);
    assertThat(done.bytesTotal()).isEqualTo(WEIGHTS.size());
  }

  @Test
  void aNodeThatBreaksOffBeforeAnybodyKnowsTheManifestIsWaitedForAllTheSame() {
    registry.crash();
    node.onPull(model(), right());
    node.inject(new Fault.CutAfter(1, false), Where.path("/api/pull").times(4));
    assertThat(pull().state()).isEqualTo(PullState.DONE);
    assertThat(pulls()).isEqualTo(5);
  }

  @Test
  void anEmptyModelIsNoModel() {
    // What a registry's `200 {}` leads to: `pull-err-manifest-empty`.
    registry.publish("ns/m:t", dev.corral.testkit.Body.of("{}"));
    node.onPull(model(), PullPlan.brings(TestModel.says("m", "").ofSize(0)).in(0, Duration.ZERO));
    Pull failed = pull();
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains("what the registry gave it is empty");
  }

  @Test
  void whatNobodyHasIsSaidAtOnceAndSoIsAHostThatMayNotBeAsked() {
    Pull missing = yard.awaitEnd(yard.pulls().ask(Yard.name("nope:1"), "rig", "test").id());
    assertThat(missing.problem().cause()).isEqualTo(Pull.Cause.MISSING);
    assertThat(missing.problem().text()).isEqualTo("no registry has 'nope:1'");
    int before = pulls();
    Pull foreign =
        yard.awaitEnd(yard.pulls().ask(Yard.name("registry.example.com/a/b"), "rig", "test").id());
    assertThat(foreign.state()).isEqualTo(PullState.FAILED);
    assertThat(foreign.problem().sentence()).contains("pull.hosts");
    assertThat(pulls()).isEqualTo(before);
  }

  /// As a node says that a registry refused it: the status and the body of a manifest, of a blob,
  /// and of the token.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "pull model manifest: 401: {\"errors\":[{\"code\":\"UNAUTHORIZED\"}]}",
        "403: ",
        "401",
        "unauthorized: access denied"
      })
  void whatARegistryDeniesToTheNodeIsTold(String words) {
    node.onPull(model(), right().failing(words));
    Pull failed = pull();
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().cause()).isEqualTo(Pull.Cause.DENIED);
    assertThat(failed.problem().sentence()).contains("the node says: " + words, "its own account");
    assertThat(pulls()).as("it was asked once").isEqualTo(1);
  }

  @Test
  void aFullDiskOfTheNodeIsSaidWithoutItsPaths() {
    node.onPull(
        model(),
        right().failing("write /srv/models/blobs/sha256-a-partial: no space left on device"));
    assertThat(pull().problem().sentence())
        .isEqualTo(
            "the disk of the node 'rig' is full. Remove what it needs no more, for example with:"
                + " corral rm MODEL");
  }

  @Test
  void aNodeThatIsAwayIsNamedAndOneThatIsNoneToo() {
    node.refuse();
    Pull failed = yard.awaitEnd(yard.pulls().ask(Yard.name("nope:1"), "rig", "test").id());
    assertThat(failed.problem().text()).isEqualTo("the node cannot be reached: connection refused");
    Pull nowhere = yard.awaitEnd(yard.pulls().ask(Yard.name("nope:1"), "rog", "test").id());
    assertThat(nowhere.problem().text()).isEqualTo("there is no node 'rog' that could fetch it");
  }

  @Test
  void aCancelledJobEndsThePullOfTheNode() {
    node.onPull(model(), right().in(1000, Duration.ofMillis(200)));
    Pull job = ask();
    yard.await(job.id(), now -> now.state() == PullState.PULLING);
    assertThat(yard.pulls().cancel(job.id())).isTrue();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.CANCELLED);
    assertThat(node.awaitExchange("/api/pull", LIMIT).awaitCancelled(LIMIT)).isPositive();
    assertThat(pulls()).as("nor is it issued again").isEqualTo(1);
  }

  @Test
  void aJobThatWaitsForTheNodeToLoadOrListTheModelEndsAtOnceWhenItIsStopped() {
    node.onPull(model(), right());
    for (String path : List.of("/api/generate", "/api/tags", "/api/show")) {
      node.forgetExchanges();
      node.heal();
      node.inject(Fault.hang(), Where.path(path));
      Pull job = ask();
      Exchange hanging = node.awaitExchange(path, LIMIT);
      yard.await(job.id(), now -> now.state() == PullState.VERIFYING);
      assertThat(yard.pulls().cancel(job.id())).isTrue();
      assertThat(hanging.awaitCancelled(LIMIT)).as(path).isPositive();
      assertThat(yard.awaitEnd(job.id()).state()).as(path).isEqualTo(PullState.CANCELLED);
    }
  }

  @Test
  void aProposedJobWaitsForAYes() {
    node.onPull(model(), right());
    Pull waiting = yard.pulls().propose(Yard.name(model()), "rig", "somebody");
    assertThat(waiting.state().word()).isEqualTo("waiting-for-approval");
    assertThat(yard.pulls().pause(waiting.id())).isTrue();
    assertThat(yard.pulls().resume(waiting.id())).isTrue();
    assertThat(yard.pulls().find(waiting.id()).orElseThrow().state())
        .as("a pause and its end are no yes")
        .isEqualTo(PullState.WAITING_FOR_APPROVAL);
    assertThat(yard.pulls().approve(waiting.id())).isTrue();
    assertThat(yard.awaitEnd(waiting.id()).state()).isEqualTo(PullState.DONE);
  }
}
