package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Partial;
import dev.corral.blobs.StoredModel;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.hub.Answered;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.registry.Hub;
import dev.corral.registry.Ranged;
import dev.corral.testkit.Content;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.Where;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models of the Hub that have no manifest: sets of parts, and files of a mirror.
class HubFilesTest {
  private static final String REPOSITORY = "owner/Tiny-GGUF";
  private static final String NAME = "hf.co/" + REPOSITORY + ":Q4_K_M";
  private static final int PARTS = 3;
  private static final long ROWS = 4000;

  @TempDir private Path folder;
  private final HubDouble hub = HubDouble.start();
  private Yard yard;

  @BeforeEach
  void open() {
    yard = yard();
    // As the Hub refuses a set of parts.
    hub.play(Mischief.status(400), Where.path("/v2/" + REPOSITORY + "/manifests/Q4_K_M"));
  }

  @AfterEach
  void close() {
    yard.close();
    hub.close();
  }

  private Yard yard() {
    Hub at =
        Hub.of(variable ->
            variable.equals("HF_ENDPOINT") ? Optional.of(hub.url().toString()) : Optional.empty());
    return new Yard(folder, at, hub.url().toString());
  }

  private static GgufWriter keys() {
    return new GgufWriter()
        .text("general.architecture", "llama")
        .text("general.license", "apache-2.0")
        .real("general.sampling.temp", 0.5)
        .texts("tokenizer.ggml.tokens", List.of("a", "b"))
        .whole("llama.block_count", PARTS);
  }

  /// With a size that is no multiple of the alignment.
  private static GgufWriter tensor(GgufWriter writer, int number) {
    long rows = ROWS + number;
    byte[] bytes = Content.random(rows * 4, number).bytes();
    return writer.tensor(
        "blk." + number + ".attn_q.weight", TensorType.F32, List.of(rows), out -> out.write(bytes));
  }

  private static byte[] bytes(GgufWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.writeTo(out);
    return out.toByteArray();
  }

  private static byte[] whole() throws IOException {
    GgufWriter writer = keys();
    for (int i = 0; i < PARTS; i++) {
      tensor(writer, i);
    }
    return bytes(writer);
  }

  /// As `llama-gguf-split` writes it: the first part has the keys, each its own tensors.
  private static Content part(int index) throws IOException {
    GgufWriter writer = index == 0 ? keys() : new GgufWriter();
    writer.whole("split.no", index).whole("split.count", PARTS).whole("split.tensors.count", PARTS);
    return Content.of(bytes(tensor(writer, index)));
  }

  private static String file(int index) {
    return "Tiny-Q4_K_M-%05d-of-%05d.gguf".formatted(index + 1, PARTS);
  }

  private void publish(int... parts) throws IOException {
    for (int part : parts) {
      hub.file(REPOSITORY, file(part), part(part));
    }
  }

  @Test
  void aSetOfPartsBecomesOneFileThatTheEngineTakes() throws Exception {
    publish(0, 1, 2);
    Pull done = yard.pull(NAME);
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    StoredModel model = yard.model(NAME);
    assertThat(Files.readAllBytes(model.weights().orElseThrow())).isEqualTo(whole());
    assertThat(model.config().family()).isEqualTo("llama");
    assertThat(model.texts().licenses()).containsExactly("apache-2.0\n");
    assertThat(model.texts().params().path("temperature").asDouble()).isEqualTo(0.5);
    assertThat(yard.files(".corral/partial")).isEmpty();
    assertThat(yard.files("blobs")).as("weights, licence, options, config").hasSize(4);

    hub.forgetExchanges();
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.DONE);
    assertThat(asked(0) + asked(1) + asked(2)).as("nothing is fetched twice").isZero();
  }

  private Repair.End repair() {
    Layer layer = yard.model(NAME).weightsLayer().orElseThrow();
    return yard.pulls().repair().repair(Yard.name(NAME), layer, _ -> {});
  }

  @Test
  void aJoinedFileIsRepairedFromThePartsOfWhichItWasMade() throws Exception {
    publish(0, 1, 2);
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.DONE);
    Path file = yard.model(NAME).weights().orElseThrow();
    byte[] damaged = whole();
    damaged[damaged.length / 2] ^= 1;
    Files.write(file, damaged);
    assertThat(repair()).isEqualTo(new Repair.End.Whole(damaged.length));
    assertThat(Files.readAllBytes(yard.model(NAME).weights().orElseThrow())).isEqualTo(whole());
  }

  @Test
  void anyRangeOfAJoinedFileIsFetchedFromTheRightParts() throws Exception {
    publish(0, 1, 2);
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.DONE);
    Layer layer = yard.model(NAME).weightsLayer().orElseThrow();
    Answered<JoinedSource> answered =
        JoinedSource.of(Yard.name(NAME), layer, yard.sources().hubs().orElseThrow(), new Stop());
    JoinedSource source = ((Answered.Got<JoinedSource>) answered).value();
    byte[] all = whole();
    Random random = new Random(7);
    for (int i = 0; i < 40; i++) {
      int one = random.nextInt(all.length);
      int other = random.nextInt(all.length);
      int first = Math.min(one, other);
      int last = Math.max(one, other);
      try (Ranged.Part part = (Ranged.Part) source.range(layer, first, last)) {
        assertThat(part.from()).isEqualTo(first);
        assertThat(part.bytes().readAllBytes())
            .as("%s to %s", first, last)
            .isEqualTo(Arrays.copyOfRange(all, first, last + 1));
      }
    }
  }

  @Test
  void whereThePartsAreOthersNowAJoinedFileIsNotRepairedAndThatIsSaid() throws Exception {
    publish(0, 1, 2);
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.DONE);
    yard.stop();
    hub.file(REPOSITORY, file(2), Content.of("something else"));
    yard.start(Optional.empty());
    Repair.End end = repair();
    assertThat(((Repair.End.Failed) end).problem().text()).contains("no longer the files");
    assertThat(((Repair.End.Failed) end).problem().next()).contains("corral rm " + NAME);
  }

  @Test
  void aRepairThatWasStoppedAsksTheHubNothing() throws Exception {
    publish(0, 1, 2);
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.DONE);
    yard.stop();
    yard.start(Optional.empty());
    hub.forgetExchanges();
    Layer layer = yard.model(NAME).weightsLayer().orElseThrow();
    Repair repair = yard.pulls().repair();
    repair.stop();
    assertThat(repair.repair(Yard.name(NAME), layer, _ -> {})).isEqualTo(new Repair.End.Stopped());
    assertThat(hub.exchanges()).isEmpty();
  }

  private long asked(int part) {
    return hub.asked(REPOSITORY, file(part));
  }

  @Test
  void aSetThatLacksAPartIsRefusedAndThePartIsNamed() throws Exception {
    publish(0, 2);
    Pull failed = yard.pull(NAME);
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains(file(1) + " is missing");
    assertThat(failed.problem().next()).contains("corral hub " + REPOSITORY);
    assertThat(asked(0) + asked(2)).isZero();
  }

  /// For its header first, which comes, then for its bytes, which do not.
  private Pull untilTheLastPartIsAskedFor() {
    Where last = Where.path(HubDouble.filePath(REPOSITORY, file(2)));
    hub.play(new Mischief.Slow(Integer.MAX_VALUE), last.once());
    hub.play(Mischief.heldFrom(0), last);
    Pull job = yard.ask(NAME);
    yard.await(job.id(), _ -> asked(2) > 1);
    return job;
  }

  @Test
  void aRestartGoesOnBehindThePartsThatAreIn() throws Exception {
    publish(0, 1, 2);
    Pull job = untilTheLastPartIsAskedFor();
    yard.stop();
    hub.behave();
    hub.play(Mischief.status(400), Where.path("/v2/" + REPOSITORY + "/manifests/Q4_K_M"));
    hub.forgetExchanges();

    yard.start(Optional.empty());
    Pull done = yard.awaitEnd(job.id());
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(asked(0) + asked(1)).isZero();
    assertThat(Files.readAllBytes(yard.model(NAME).weights().orElseThrow())).isEqualTo(whole());
  }

  @Test
  void partsOfTwoModelsAreNotJoined() throws Exception {
    publish(0, 1);
    GgufWriter other =
        new GgufWriter().whole("split.no", 2).whole("split.count", PARTS).whole("a", 1);
    hub.file(REPOSITORY, file(2), Content.of(bytes(tensor(tensor(other, 7), 8))));
    Pull failed = yard.pull(NAME);
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains("not parts of one model");
    assertThat(yard.has(NAME)).isFalse();
  }

  @Test
  void aMirrorThatKnowsNoManifestsGivesItsFiles() throws Exception {
    hub.file(REPOSITORY, "Tiny-Q4_K_M.gguf", Content.of(whole()));
    Pull done = yard.pull(NAME);
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    StoredModel model = yard.model(NAME);
    assertThat(Files.readAllBytes(model.weights().orElseThrow())).isEqualTo(whole());
    assertThat(model.texts().licenses()).containsExactly("apache-2.0\n");

    Pull missing = yard.pull(NAME.replace("Q4_K_M", "Q8_0"));
    assertThat(missing.problem().cause()).isEqualTo(Pull.Cause.MISSING);
  }

  @Test
  void aFileThatClaimsABillionTensorsGetsNoName() {
    ByteBuffer claims = ByteBuffer.allocate(4000).order(ByteOrder.LITTLE_ENDIAN);
    claims.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(1_000_000_000L);
    hub.file(REPOSITORY, "Tiny-Q4_K_M.gguf", Content.of(claims.array()));
    Pull failed = yard.pull(NAME);
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).contains("the file is not taken");
    assertThat(yard.has(NAME)).isFalse();
  }

  @Test
  void aRepositoryWithoutGgufHasNothingToPull() {
    hub.file(REPOSITORY, "model.safetensors", Content.of("weights of another kind"));
    Pull failed = yard.pull(NAME);
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().sentence()).contains("GGUF").contains("corral hub " + REPOSITORY);
    assertThat(hub.asked(REPOSITORY, "model.safetensors")).isZero();
    assertThat(yard.files("manifests")).isEmpty();
  }

  @Test
  void aPartThatIsBeingAddedIsLeftAtOnceWhereCorralStops() throws Exception {
    int mebi = 1 << 20;
    AtomicInteger looks = new AtomicInteger();
    try (Partial part = yard.store().partial(Digest.of(new byte[] {1}));
        Partial joined = yard.store().partial(Digest.of(new byte[] {2}))) {
      part.write(ByteBuffer.wrap(new byte[5 * mebi]), 0);
      boolean all = Joining.copy(part, 0, 5L * mebi, joined, 0, () -> looks.incrementAndGet() > 2);
      assertThat(all).isFalse();
      assertThat(joined.length()).isEqualTo(2L * mebi);
      assertThat(Joining.copy(part, 0, 5L * mebi, joined, 0, () -> false)).isTrue();
      assertThat(joined.length()).isEqualTo(5L * mebi);
    }
  }

  @Test
  void whatAnEarlierPullLeftAndNobodyCanUseIsMadeAnew() throws Exception {
    publish(0, 1, 2);
    Pull job = untilTheLastPartIsAskedFor();
    yard.stop();
    Path joined = joinedBefore();
    Files.write(joined, new byte[100]); // as a disk leaves it that lost what it had promised
    hub.behave();
    hub.play(Mischief.status(400), Where.path("/v2/" + REPOSITORY + "/manifests/Q4_K_M"));

    yard.start(Optional.empty());
    Pull done = yard.awaitEnd(job.id());
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(yard.model(NAME).weights().orElseThrow())).isEqualTo(whole());
    assertThat(yard.files(".corral/partial")).isEmpty();
  }

  /// The one whose note says how many parts are in it.
  private Path joinedBefore() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("models/.corral/partial"))) {
      for (Path note : files.filter(file -> file.toString().endsWith(".note")).toList()) {
        if (Files.readString(note).startsWith("corral-joined 1 2 ")) {
          String name = note.getFileName().toString();
          return note.resolveSibling(name.substring(0, name.length() - ".note".length()));
        }
      }
    }
    throw new AssertionError("two parts were in when it was stopped");
  }

  private static Content projector() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .text("general.architecture", "clip")
            .text("general.type", "mmproj")
            .flag("clip.has_vision_encoder", true);
    return Content.of(bytes(tensor(writer, 0)));
  }

  @Test
  void aModelThatSeesComesWithItsProjectorWhetherInOneFileOrInParts() throws Exception {
    hub.file(REPOSITORY, "mmproj-Tiny-F16.gguf", projector());
    hub.file(REPOSITORY, "Tiny-Q8_0.gguf", Content.of(whole()));
    hub.play(Mischief.status(404), Where.path("/v2/" + REPOSITORY + "/manifests/Q8_0"));
    publish(0, 1, 2);
    for (String name : List.of(NAME, NAME.replace("Q4_K_M", "Q8_0"))) {
      Pull done = yard.pull(name);
      assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
      StoredModel model = yard.model(name);
      assertThat(Files.readAllBytes(model.projectors().getFirst())).isEqualTo(projector().bytes());
      assertThat(Files.readAllBytes(model.weights().orElseThrow())).isEqualTo(whole());
      assertThat(done.blobs())
          .extracting(Pull.Blob::total)
          .as("it counts in the total")
          .contains(projector().size());
    }
    assertThat(hub.asked(REPOSITORY, "mmproj-Tiny-F16.gguf")).as("fetched once").isEqualTo(1);
  }

  @Test
  void whereTheProjectorDoesNotComeTheJoinedPartsStayForTheNextPull() throws Exception {
    hub.file(REPOSITORY, "mmproj-Tiny-F16.gguf", projector());
    hub.play(
        Mischief.status(404), Where.path(HubDouble.filePath(REPOSITORY, "mmproj-Tiny-F16.gguf")));
    publish(0, 1, 2);
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.FAILED);
    hub.behave();
    hub.play(Mischief.status(400), Where.path("/v2/" + REPOSITORY + "/manifests/Q4_K_M"));
    hub.forgetExchanges();

    Pull done = yard.pull(NAME);
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(asked(0) + asked(1) + asked(2)).as("no part comes twice").isZero();
    assertThat(Files.readAllBytes(yard.model(NAME).weights().orElseThrow())).isEqualTo(whole());
    assertThat(yard.model(NAME).projectors()).hasSize(1);
  }

  @Test
  void aProjectorThatIsNoGgufIsSaid() throws Exception {
    hub.file(REPOSITORY, "mmproj-Tiny-F16.gguf", Content.of("<html>"));
    hub.file(REPOSITORY, "Tiny-Q4_K_M.gguf", Content.of(whole()));
    assertThat(yard.pull(NAME).problem().text()).startsWith("its projector is not taken: ");
    assertThat(yard.has(NAME)).isFalse();
  }
}
