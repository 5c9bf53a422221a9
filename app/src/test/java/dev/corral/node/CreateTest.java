package dev.corral.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Shop;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.model.Digest;
import dev.corral.testkit.Recording;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// `/api/create`, with good files and with all kinds of bad ones.
class CreateTest {
  /// How many damages are tried; each is a fresh draw.
  private static final int DAMAGES = 400;

  @TempDir private Path folder;
  private StoreSeat seat;

  @BeforeEach
  void open() throws StoreFailure {
    seat = StoreSeat.on(folder);
  }

  @AfterEach
  void close() throws IOException {
    seat.close();
  }

  /// The layers of system, license and parameters have the very digests of the recording; the file
  /// is taken as it is, where Ollama writes it anew.
  @Test
  void aModelIsMadeOfAFileWithTheRecordedLayers() throws Exception {
    seat.uploadTiny("markov-a");

    Told told = Told.of(seat.node(), Recording.of(Recording.V0_33, "create-stream"));

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.headers()).containsEntry("Content-Type", "application/x-ndjson");
    List<String> recorded =
        told(Recording.of(Recording.V0_33, "create-stream")).stream()
            .filter(status -> !status.matches("verifying conversion|using autodetected.*"))
            .map(status -> status.contains("5b7779aa") ? FILE_TAKEN : status)
            .toList();
    assertThat(told.statuses()).isEqualTo(recorded);
  }

  private static final String FILE_TAKEN =
      "using existing layer"
          + " sha256:7507f6969e7c6416b9c758c9617297dfccf10c04eedc09892b89ed201a7b8272";

  @Test
  void aModelIsMadeOfAnotherWithTheRecordedLayers() throws Exception {
    seat.uploadTiny("markov-a");
    Told.of(seat.node(), Recording.of(Recording.V0_33, "create-stream"));

    Told told = Told.of(seat.node(), Recording.of(Recording.V0_33, "create-from"));

    List<String> recorded = told(Recording.of(Recording.V0_33, "create-from"));
    assertThat(told.statuses())
        .containsExactly(
            FILE_TAKEN,
            recorded.get(2),
            recorded.get(3),
            recorded.get(4),
            "writing manifest",
            "success");
    StoredModel derived = seat.store().find(Shop.name("markov-a-derived")).orElseThrow();
    assertThat(derived.texts().system()).isEqualTo("Derived.");
    assertThat(derived.texts().params().toString())
        .isEqualTo("{\"num_ctx\":1024,\"stop\":[\"<|im_end|>\"],\"temperature\":0}");
    assertThat(seat.show("markov-a-derived").json().at("/details/parent_model").asText())
        .isEqualTo("markov-a:latest");
  }

  @Test
  void withoutStreamingThereIsOneAnswer() throws Exception {
    seat.uploadTiny("markov-tool");
    Recording recorded = Recording.of(Recording.V0_33, "create-markov-tool");

    Told told = Told.of(seat.node(), recorded);

    assertThat(told.body()).isEqualTo(recorded.responseBody().text());
    assertThat(told.headers()).containsEntry("Content-Type", "application/json");
  }

  @Test
  void everythingThatAModelfileCanSayIsKept() throws Exception {
    Digest file = seat.uploadTiny("markov-a");
    Digest adapter = seat.upload(adapter("adapter"));
    seat.create(
        """
        {"model":"all","files":{"a.gguf":"%s"},"adapters":{"lora.gguf":"%s"},
         "template":"{{ .System }} {{ .Prompt }}","system":"Be brief.","license":["MIT","BSD"],
         "parameters":{"top_k":7,"stop":["a","b"],"temperature":0.5},"requires":"0.33.0",
         "messages":[{"role":"USER","content":"hi"},{"role":"assistant","content":"<yo>"}]}
        """
            .formatted(file, adapter));

    StoredModel all = seat.store().find(Shop.name("all")).orElseThrow();

    assertThat(all.adapters()).hasSize(1);
    assertThat(all.texts().licenses()).containsExactly("MIT", "BSD");
    assertThat(all.texts().messages().toString())
        .isEqualTo(
            "[{\"role\":\"user\",\"content\":\"hi\"},{\"role\":\"assistant\",\"content\":\"<yo>\"}]");
    assertThat(seat.show("all").json().get("modelfile").asText())
        .endsWith(
            """
            FROM all:latest
            TEMPLATE {{ .System }} {{ .Prompt }}
            SYSTEM Be brief.
            PARAMETER stop a
            PARAMETER stop b
            PARAMETER temperature 0.5
            PARAMETER top_k 7
            LICENSE MIT
            LICENSE BSD
            MESSAGE user hi
            MESSAGE assistant <yo>
            """);
    assertThat(seat.show("all").json().get("requires").asText()).isEqualTo("0.33.0");
    assertThat(seat.create("{\"model\":\"all\",\"from\":\"all\",\"system\":\"New.\"}").statuses())
        .endsWith("success");
    assertThat(seat.store().hasBlob(Digest.of(Shop.bytes("Be brief.")))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\":\"m\",\"from\":\"nobody\"}|404|not found; pull it first: corral pull"
            + " nobody:latest",
        "{\"model\":\"m\",\"from\":\"x:cloud\"}|403|ollama cloud is disabled",
        "{\"model\":\"m\",\"from\":\"a b\"}|400|invalid model name",
        "{\"model\":\"m\",\"files\":{}}|400|unknown type",
        "{\"model\":\"m\",\"files\":{\"a.safetensors\":\"D\"}}|400|convert the model to GGUF first",
        "{\"model\":\"m\",\"files\":{\"../a.gguf\":\"D\"}}|400|file path must be relative",
        "{\"model\":\"m\",\"files\":{\"a.gguf\":\"sha256:../x\"}}|400|invalid digest format",
        "{\"model\":\"m\",\"files\":{\"a.gguf\":7}}|400|CreateRequest.files of type string",
        "{\"model\":\"m\",\"from\":\"base\",\"adapters\":{\"a.gguf\":\"D\"}}|400|is no adapter",
        "{\"model\":\"m\",\"from\":\"base\",\"adapters\":{\"a\":\"D\",\"b\":\"D\"}}|400|only one"
            + " adapter",
        "{\"model\":\"m\",\"from\":\"base\",\"quantize\":\"q9\"}|500|unsupported quantization type"
            + " Q9",
        "{\"model\":\"m\",\"files\":{\"a.gguf\":\"D\"},\"quantize\":\"q4_K_M\"}|501|libraries are"
            + " missing. Start",
        "{\"model\":\"m\",\"from\":\"base\",\"template\":\"{{ .X\"}|400|template error: ",
        "{\"model\":\"m\",\"from\":\"base\",\"draft_files\":{\"a.gguf\":\"D\"}}|400|draft models",
        "{\"model\":\"m\",\"from\":\"base\",\"remote_host\":\"http://x\"}|400|remote_host",
        "{\"model\":\"m\",\"from\":\"base\",\"info\":{\"context_length\":1.5}}|400|non-negative"
            + " integer",
        "{\"model\":\"m\",\"from\":\"base\",\"messages\":\"x\"}|400|cannot unmarshal string",
        "{\"model\":\"m\",\"from\":\"base\",\"parameters\":[1]}|400|cannot unmarshal array",
        "{\"model\":\"../m\",\"from\":\"base\"}|400|invalid model name"
      })
  void whatCannotBeDoneIsSaidAndNothingIsMade(String body, int status, String text)
      throws Exception {
    Digest file = seat.uploadTiny("markov-a");
    seat.create("{\"model\":\"base\",\"files\":{\"a.gguf\":\"" + file + "\"}}");

    Told told = seat.create(body.replace("\"D\"", "\"" + file + "\""));
    String whole = seat.create(withoutStream(body, file)).body();

    assertThat(told.body()).contains(text);
    assertThat(whole).contains(text);
    assertThat(seat.create(withoutStream(body, file)).status()).isEqualTo(status);
    assertThat(seat.store().find(Shop.name("m"))).isEmpty();
  }

  private static String withoutStream(String body, Digest file) {
    return "{\"stream\":false," + body.substring(1).replace("\"D\"", "\"" + file + "\"");
  }

  static Map<String, byte[]> badFiles() throws IOException {
    byte[] good = Shop.tiny("markov-a");
    Map<String, byte[]> bad = new TreeMap<>();
    bad.put("empty|was not in GGUF format", new byte[0]);
    bad.put("wrong magic|was not in GGUF format", at(good, 0, 1, 'X'));
    bad.put("truncated|fetch it again", Arrays.copyOf(good, good.length - 100));
    bad.put("only its magic|ends", Arrays.copyOf(good, 4));
    bad.put("version 1|GGUF version 1 is not supported", at(good, 4, 4, 1));
    bad.put("version 99|GGUF version 99 is not supported", at(good, 4, 4, 99));
    bad.put("big-endian|big-endian", at(good, 4, 4, 3 << 24));
    bad.put("2^60 tensors|1152921504606846976 tensors", at(good, 8, 8, 1L << 60));
    bad.put("2^60 keys|1152921504606846976 metadata keys", at(good, 16, 8, 1L << 60));
    bad.put(
        "no weights|holds no weights",
        new GgufWriter().text("general.architecture", "llama").header());
    bad.put("offsets beyond the file|starts at", offset(good, 1L << 50));
    bad.put("overlapping|starts at", offset(good, 0));
    bad.put("no architecture|does not say what model it is", nameless());
    bad.put("a part of several|join them first", part());
    return bad;
  }

  static List<String> badNames() throws IOException {
    return List.copyOf(badFiles().keySet());
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void aFileThatCannotBeUsedIsRefusedWithTheReason(String which) throws Exception {
    Digest file = seat.upload(badFiles().get(which));

    Told told =
        seat.create("{\"model\":\"bad\",\"stream\":false,\"files\":{\"b.gguf\":\"" + file + "\"}}");

    assertThat(told.status()).isEqualTo(400);
    assertThat(told.json().get("error").asText()).contains(which.substring(which.indexOf('|') + 1));
    assertThat(seat.store().list()).isEmpty();
  }

  /// Each is taken or refused with a reason; nothing else, and the node goes on.
  @Test
  void fourHundredRandomDamagesAreTakenOrRefusedWithAReason() throws Exception {
    byte[] good = small();
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < DAMAGES; i++) {
      byte[] damaged = good.clone();
      for (int n = random.nextInt(1, 6); n > 0; n--) {
        damaged[random.nextInt(good.length)] = (byte) random.nextInt(256);
      }
      if (i % 10 == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      Digest file = Digest.of(damaged);
      Files.write(folder.resolve("blobs/sha256-" + file.hex()), damaged);
      Told told =
          seat.create("{\"model\":\"d\",\"stream\":false,\"files\":{\"d.gguf\":\"" + file + "\"}}");
      assertThat(told.status()).as("damage %d: %s", i, told.body()).isIn(200, 400);
      if (told.status() == 400) {
        refused++;
        assertThat(told.json().get("error").asText()).hasSizeGreaterThan(20);
      } else {
        assertThat(seat.show("d").status()).isEqualTo(200);
      }
    }
    assertThat(refused).isBetween(1, DAMAGES - 1);
    assertThat(Told.of(seat.node(), "GET", "/api/tags", "").status()).isEqualTo(200);
  }

  /// A whole model in three kB.
  private static byte[] small() throws IOException {
    List<String> tokens = IntStream.range(0, 64).mapToObj(i -> "token" + i).toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new GgufWriter()
        .text("general.architecture", "llama")
        .text("general.name", "small")
        .whole("general.file_type", 0)
        .whole("llama.block_count", 1)
        .whole("llama.context_length", 128)
        .real("llama.rope.freq_base", 10_000)
        .flag("tokenizer.ggml.add_bos_token", true)
        .whole("tokenizer.ggml.bos_token_id", 1)
        .texts("tokenizer.ggml.tokens", tokens)
        .wholes("tokenizer.ggml.token_type", Collections.nCopies(64, 1))
        .text("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}")
        .tensor("a", TensorType.F32, List.of(8L, 8L), data -> data.write(new byte[256]))
        .tensor("b", TensorType.Q8_0, List.of(32L), data -> data.write(new byte[34]))
        .writeTo(out);
    return out.toByteArray();
  }

  private static List<String> told(Recording recorded) {
    return new Told(200, Map.of(), recorded.responseBody().text(), true).statuses();
  }

  /// A number written over some bytes of a file, little end first.
  private static byte[] at(byte[] file, int offset, int bytes, long value) {
    byte[] changed = file.clone();
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    System.arraycopy(all, 0, changed, offset, bytes);
    return changed;
  }

  /// The second tensor's offset is the last number of its entry, which ends where the third's name
  /// begins.
  private static byte[] offset(byte[] file, long value) {
    byte[] name = Shop.bytes("blk.0.attn_norm.weight");
    for (int i = 0; i < file.length - name.length; i++) {
      if (Arrays.equals(Arrays.copyOfRange(file, i, i + name.length), name)) {
        int dimensions = file[i + name.length];
        return at(file, i + name.length + 4 + 8 * dimensions + 4, 8, value);
      }
    }
    throw new AssertionError("no such tensor");
  }

  private static byte[] nameless() throws IOException {
    return written(new GgufWriter().text("general.name", "x"));
  }

  private static byte[] part() throws IOException {
    return written(new GgufWriter().text("general.architecture", "llama").whole("split.count", 3));
  }

  private static byte[] adapter(String type) throws IOException {
    return written(
        new GgufWriter().text("general.architecture", "llama").text("general.type", type));
  }

  private static byte[] written(GgufWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.tensor("t", TensorType.F32, List.of(8L), data -> data.write(new byte[32])).writeTo(out);
    return out.toByteArray();
  }
}
