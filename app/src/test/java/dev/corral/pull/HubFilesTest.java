package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.StoredModel;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.registry.Hub;
import dev.corral.testkit.Content;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.Where;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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

  @Test
  void aJoinedFileIsNotRepairedByPiecesAndThatIsSaid() throws Exception {
    publish(0, 1, 2);
    assertThat(yard.pull(NAME).state()).isEqualTo(PullState.DONE);
    Repair.End end =
        yard.pulls()
            .repair()
            .repair(Yard.name(NAME), yard.model(NAME).weightsLayer().orElseThrow(), _ -> {});
    assertThat(end).isInstanceOf(Repair.End.Failed.class);
    assertThat(((Repair.End.Failed) end).problem().next()).contains("corral rm " + NAME);
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

  @Test
  void aRestartGoesOnBehindThePartsThatAreIn() throws Exception {
    publish(0, 1, 2);
    hub.play(new Mischief.Slow(10_000), Where.path(HubDouble.filePath(REPOSITORY, file(2))));
    Pull job = yard.ask(NAME);
    yard.await(job.id(), _ -> asked(2) > 1); // for its header first, then for its bytes
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
    assertThat(missing.problem().missing()).isTrue();
  }
}
