package dev.corral.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Headers as people bring them: whole, cut, damaged, and made to hurt.
class GgufReaderTest {
  private static final List<String> MODELS = List.of("markov-a", "markov-tool", "markov-embed");

  @TempDir Path folder;

  @Test
  void aTinyModelIsReadWithItsKeysAndTensors() throws IOException {
    Path file = Files.write(folder.resolve("m.gguf"), model("markov-tool"));
    try (FileBytes bytes = FileBytes.open(file)) {
      Gguf gguf = exact(GgufReader.read(bytes, ReadSettings.forLoading()));
      assertThat(gguf.architecture()).contains("llama");
      assertThat(gguf.whole("llama.block_count")).hasValue(1);
      assertThat(gguf.real("llama.attention.layer_norm_rms_epsilon").orElseThrow())
          .isBetween(9e-6, 1.1e-5);
      assertThat(gguf.flag("tokenizer.ggml.add_bos_token")).contains(false);
      assertThat(gguf.count(Gguf.TOKENS)).hasValue(320);
      assertThat(gguf.text("tokenizer.chat_template").orElseThrow()).contains("tools");
      assertThat(gguf.tensors()).hasSize(12);
      assertThat(gguf.tensor("blk.0.attn_q.weight").orElseThrow().shape())
          .containsExactly(320L, 32L);
      assertThat(gguf.length()).isEqualTo(Files.size(file));
      assertThat(gguf.dataStart() + gguf.tensorBytes()).isEqualTo(gguf.length());
    }
  }

  @Test
  void aSetOfFilesIsOnlyCompleteWhereEachOfThemIs() throws IOException {
    byte[] bytes = model("markov-a");
    Gguf whole = exact(GgufReader.read(ByteSource.of(bytes), ReadSettings.forFit()));
    Gguf glanced = whole.ofSet(whole.length());
    assertThat(whole.with(List.of(whole)).complete()).isTrue();
    assertThat(whole.with(List.of(whole)).length()).isEqualTo(2 * whole.length());
    assertThat(whole.with(List.of(glanced)).complete()).isFalse();
    assertThat(glanced.with(List.of(whole)).complete()).isFalse();
  }

  @Test
  void whatTheWriterWritesTheReaderReads() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    new GgufWriter()
        .text(Gguf.ARCHITECTURE, "llama")
        .whole("llama.block_count", 2)
        .real("llama.rope.freq_base", 0.5)
        .wholes("llama.attention.head_count_kv", List.of(4, 0))
        .flags("llama.attention.sliding_window_pattern", List.of(true, false))
        .texts("general.languages", List.of("de", "en"))
        .reals("llama.scales", List.of(0.25f))
        .tensor("a.weight", TensorType.F32, List.of(3L, 5L), out -> out.write(new byte[60]))
        .tensor("b.weight", TensorType.Q8_0, List.of(32L), out -> out.write(new byte[34]))
        .writeTo(file);
    Gguf gguf = exact(read(file.toByteArray(), ReadSettings.forLoading()));
    assertThat(gguf.whole("llama.block_count")).hasValue(2);
    assertThat(gguf.real("llama.rope.freq_base")).hasValue(0.5);
    assertThat(gguf.numbers("llama.attention.head_count_kv")).containsExactly(4.0, 0.0);
    assertThat(gguf.numbers("llama.attention.sliding_window_pattern")).containsExactly(1.0, 0.0);
    assertThat(gguf.metadata().get("general.languages"))
        .isEqualTo(new GgufValue.Texts(List.of("de", "en")));
    assertThat(gguf.tensors()).extracting(Tensor::offset).containsExactly(0L, 64L);
    assertThat(gguf.tensors()).extracting(Tensor::bytes).containsExactly(60L, 34L);
  }

  @Test
  void aBareHeaderIsEnoughForAFitAndNotForALoad() throws IOException {
    byte[] whole = model("markov-a");
    int header = (int) exact(read(whole, ReadSettings.forFit())).dataStart();
    byte[] bare = Arrays.copyOf(whole, header);
    assertThat(exact(read(bare, ReadSettings.forFit())).length()).isEqualTo(whole.length);
    assertThat(fault(read(bare, ReadSettings.forLoading()))).isEqualTo(Fault.TRUNCATED);
  }

  @Test
  void oneRequestGivesAProvisionalAnswerAndThreeTheWholeOfALargeVocabulary() {
    Asked source = new Asked(longHeader(200_000));
    GgufReader reader = new GgufReader(source, ReadSettings.forFit());
    assertThat(reader.glance())
        .isInstanceOfSatisfying(
            Reading.Provisional.class,
            provisional -> {
              assertThat(provisional.gguf().whole("llama.block_count")).hasValue(2);
              assertThat(provisional.gguf().complete()).isFalse();
            });
    assertThat(source.sizes).containsExactly(256 << 10);
    Gguf gguf = exact(reader.finish());
    assertThat(gguf.count(Gguf.TOKENS)).hasValue(200_000);
    assertThat(gguf.metadata().get("tokenizer.ggml.scores"))
        .isEqualTo(new GgufValue.Skipped(200_000));
    assertThat(gguf.tensors()).hasSize(1);
    assertThat(source.sizes).hasSizeLessThanOrEqualTo(3);
    assertThat(source.sizes.stream().mapToInt(n -> n).sum()).isLessThanOrEqualTo(16_000_000);
  }

  @Test
  void aSourceThatGivesLittleAtATimeIsAskedAgainAndOneThatFailsIsToldSo() throws IOException {
    byte[] whole = model("markov-tool");
    ByteSource slow =
        source(whole.length, (offset, n) -> ByteBuffer.wrap(whole, (int) offset, Math.min(n, 7)));
    assertThat(exact(GgufReader.read(slow, ReadSettings.forLoading())).tensors()).hasSize(12);
    ByteSource broken =
        source(
            whole.length,
            (offset, n) -> {
              throw new IOException("/secret/place");
            });
    assertThat(GgufReader.read(broken, ReadSettings.forLoading()))
        .isInstanceOfSatisfying(
            Reading.Refused.class,
            refused -> {
              assertThat(refused.fault()).isEqualTo(Fault.UNREADABLE);
              assertThat(refused.reason()).doesNotContain("secret");
            });
    ByteSource empty = source(whole.length, (offset, n) -> ByteBuffer.allocate(0));
    assertThat(fault(GgufReader.read(empty, ReadSettings.forLoading())))
        .isEqualTo(Fault.UNREADABLE);
  }

  @Test
  void whatIsNoGgufIsSaidToBeNone() {
    assertThat(fault(new byte[0])).isEqualTo(Fault.EMPTY);
    assertThat(fault(new byte[] {'G', 'G'})).isEqualTo(Fault.NOT_GGUF);
    assertThat(fault("<!doctype html><html>".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isEqualTo(Fault.NOT_GGUF);
  }

  @Test
  void onlyVersionsTwoAndThreeOfThisByteOrderAreTaken() throws IOException {
    byte[] whole = model("markov-a");
    assertThat(read(with32(whole, 4, 2), ReadSettings.forLoading()))
        .isInstanceOf(Reading.Exact.class);
    for (int version : new int[] {0, 1, 4, 99}) {
      assertThat(fault(with32(whole, 4, version)))
          .as("version " + version)
          .isEqualTo(Fault.VERSION);
    }
    assertThat(fault(with32(whole, 4, Integer.reverseBytes(3)))).isEqualTo(Fault.BIG_ENDIAN);
  }

  @Test
  void countsBeyondReasonAreRefusedBeforeAnythingIsAllocatedForThem() throws IOException {
    byte[] whole = model("markov-a");
    for (long count : new long[] {1L << 60, -1, 1_000_000_000, 100_001}) {
      assertThat(fault(with64(whole, 8, count))).isEqualTo(Fault.TOO_LARGE);
      assertThat(fault(with64(whole, 16, count))).isEqualTo(Fault.TOO_LARGE);
    }
    assertThat(fault(with64(whole, 8, 99_999))).isEqualTo(Fault.TRUNCATED);
    int key = 24;
    assertThat(fault(with64(whole, key, Long.MIN_VALUE))).isEqualTo(Fault.BAD_KEY);
    int value = key + 8 + Gguf.ARCHITECTURE.length() + 4;
    assertThat(fault(with64(whole, value, Long.MIN_VALUE))).isEqualTo(Fault.TOO_LARGE);
    assertThat(fault(with32(whole, value - 4, 77))).isEqualTo(Fault.BAD_VALUE);
  }

  @Test
  void arraysThatAreTooLongOrHoldArraysAreRefused() {
    byte[] array = new GgufWriter().wholes("a", List.of(1, 2)).header();
    int type = 24 + 8 + 1 + 4;
    assertThat(fault(with64(array, type + 4, 1L << 60))).isEqualTo(Fault.TOO_LARGE);
    assertThat(fault(with64(array, type + 4, 1_999_999))).isEqualTo(Fault.TRUNCATED);
    assertThat(fault(with32(array, type, 9))).isEqualTo(Fault.BAD_VALUE);
  }

  @Test
  void anAlignmentThatIsNoPowerOfTwoIsRefused() {
    for (int alignment : new int[] {0, 4, 12, 33, 1 << 20}) {
      byte[] header = new GgufWriter().whole("general.alignment", alignment).header();
      assertThat(fault(header)).isEqualTo(Fault.BAD_ALIGNMENT);
    }
    byte[] header = new GgufWriter().text("general.alignment", "32").header();
    assertThat(fault(header)).isEqualTo(Fault.BAD_ALIGNMENT);
  }

  @Test
  void tensorsThatLieElsewhereThanTheyMustAreRefused() throws IOException {
    byte[] two = twoTensors("a", "b");
    int offset = header(two) - 8 - padding(two);
    assertThat(read(two, ReadSettings.forLoading())).isInstanceOf(Reading.Exact.class);
    assertThat(fault(with64(two, offset, 0))).as("overlap").isEqualTo(Fault.OVERLAP);
    assertThat(fault(with64(two, offset, 1L << 62))).as("beyond the file").isEqualTo(Fault.OVERLAP);
    assertThat(fault(Arrays.copyOf(two, two.length - 100))).as("cut").isEqualTo(Fault.TRUNCATED);
    assertThat(fault(with32(two, offset - 4, 4))).isEqualTo(Fault.UNKNOWN_QUANTIZATION);
    assertThat(fault(with32(two, offset - 4, TensorType.Q4_K.id()))).isEqualTo(Fault.BAD_TENSOR);
    assertThat(fault(with64(two, offset - 12, 0))).as("no element").isEqualTo(Fault.BAD_TENSOR);
    assertThat(fault(with64(two, offset - 12, 1L << 40))).isEqualTo(Fault.BAD_TENSOR);
    assertThat(fault(with32(two, offset - 16, 9))).as("dimensions").isEqualTo(Fault.BAD_TENSOR);
  }

  @Test
  void aNameOrKeyThatStandsThereTwiceIsRefused() throws IOException {
    assertThat(fault(twoTensors("a", "a"))).isEqualTo(Fault.DUPLICATE_TENSOR);
    byte[] keys = new GgufWriter().flag("k", true).flag("k", true).header();
    assertThat(fault(keys)).isEqualTo(Fault.DUPLICATE_KEY);
  }

  @Test
  void sizesThatMultiplyBeyondAllNumbersAreRefused() {
    byte[] header =
        new GgufWriter()
            .tensor("t", TensorType.F32, List.of(1L, 1L, 1L, 1L), out -> out.write(new byte[4]))
            .header();
    int shape = 24 + 8 + 1 + 4;
    byte[] damaged = header;
    for (int i = 0; i < 4; i++) {
      damaged = with64(damaged, shape + 8 * i, 1L << 32);
    }
    assertThat(fault(damaged)).isEqualTo(Fault.BAD_TENSOR);
  }

  @Test
  void aVocabularyThatWouldCrashTheEngineIsFoundBeforeItIsLoaded() {
    assertThat(vocabulary(List.of("a", "b", "a"), 0)).isEqualTo(Fault.VOCABULARY);
    assertThat(vocabulary(List.of("a", "b", "c"), 3)).isEqualTo(Fault.VOCABULARY);
    byte[] good =
        new GgufWriter()
            .text(Gguf.ARCHITECTURE, "llama")
            .texts(Gguf.TOKENS, List.of("a", "b"))
            .whole("tokenizer.ggml.eos_token_id", 1)
            .whole("tokenizer.ggml.padding_token_id", -1)
            .header();
    assertThat(read(good, ReadSettings.forLoading())).isInstanceOf(Reading.Exact.class);
    assertThat(fault(new GgufWriter().whole("x", 1).header())).isEqualTo(Fault.NO_ARCHITECTURE);
  }

  @Test
  void fourHundredDamagesEachLoadOrAreRefusedWithAReason() throws IOException {
    Random random = new Random(20261121);
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = damage(model(MODELS.get(i % MODELS.size())), random);
      switch (read(damaged, ReadSettings.forLoading())) {
        case Reading.Exact(Gguf gguf) -> assertThat(gguf.tensorBytes()).isLessThan(damaged.length);
        case Reading.Refused(Fault fault, String reason) -> {
          assertThat(reason).as(fault.name()).isNotBlank().doesNotContain("Exception");
          refused++;
        }
        case Reading.Provisional provisional -> throw new AssertionError(provisional);
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  private static byte[] damage(byte[] file, Random random) {
    int header = 9_000;
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(file, random.nextInt(file.length));
      case 1 -> with64(file, random.nextInt(header), random.nextLong());
      case 2 -> with64(file, random.nextInt(600), 1L << random.nextInt(64));
      default -> {
        byte[] bytes = file.clone();
        for (int i = 0; i < 4; i++) {
          bytes[random.nextInt(header)] = (byte) random.nextInt();
        }
        yield bytes;
      }
    };
  }

  private static Fault vocabulary(List<String> tokens, int eos) {
    return fault(
        new GgufWriter()
            .text(Gguf.ARCHITECTURE, "llama")
            .texts(Gguf.TOKENS, tokens)
            .whole("tokenizer.ggml.eos_token_id", eos)
            .header());
  }

  private static byte[] longHeader(int tokens) {
    List<String> words = IntStream.range(0, tokens).mapToObj(i -> "a long token " + i).toList();
    return new GgufWriter()
        .text(Gguf.ARCHITECTURE, "llama")
        .whole("llama.block_count", 2)
        .texts(Gguf.TOKENS, words)
        .reals("tokenizer.ggml.scores", IntStream.range(0, tokens).mapToObj(i -> 0f).toList())
        .tensor("t", TensorType.F32, List.of(8L), out -> out.write(new byte[32]))
        .header();
  }

  private static byte[] twoTensors(String first, String second) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    new GgufWriter()
        .text(Gguf.ARCHITECTURE, "llama")
        .tensor(first, TensorType.F32, List.of(48L), out -> out.write(new byte[192]))
        .tensor(second, TensorType.F32, List.of(48L), out -> out.write(new byte[192]))
        .writeTo(file);
    return file.toByteArray();
  }

  private static int header(byte[] twoTensors) {
    return twoTensors.length - 384;
  }

  /// Zero bytes between the table and the data, as counted by hand for [#twoTensors].
  private static int padding(byte[] twoTensors) {
    int table = 24 + (8 + Gguf.ARCHITECTURE.length() + 4 + 8 + 5) + 2 * (8 + 1 + 4 + 8 + 4 + 8);
    return header(twoTensors) - table;
  }

  /// A source that remembers what was asked of it.
  private static final class Asked implements ByteSource {
    private final byte[] bytes;
    private final List<Integer> sizes = new ArrayList<>();

    Asked(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public ByteBuffer read(long offset, int n) {
      sizes.add(n);
      return ByteBuffer.wrap(bytes, (int) offset, n);
    }
  }

  @FunctionalInterface
  private interface Ranges {
    ByteBuffer read(long offset, int n) throws IOException;
  }

  private static ByteSource source(long length, Ranges ranges) {
    return new ByteSource() {
      @Override
      public long length() {
        return length;
      }

      @Override
      public ByteBuffer read(long offset, int n) throws IOException {
        return ranges.read(offset, n);
      }
    };
  }

  private static Reading read(byte[] file, ReadSettings settings) {
    return GgufReader.read(ByteSource.of(file), settings);
  }

  private static Gguf exact(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Exact.class);
    return ((Reading.Exact) reading).gguf();
  }

  private static Fault fault(byte[] file) {
    return fault(read(file, ReadSettings.forLoading()));
  }

  private static Fault fault(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Refused.class);
    return ((Reading.Refused) reading).fault();
  }

  private static byte[] with32(byte[] file, int at, int value) {
    byte[] copy = file.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
    return copy;
  }

  private static byte[] with64(byte[] file, int at, long value) {
    byte[] copy = file.clone();
    ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
    return copy;
  }

  private static byte[] model(String name) throws IOException {
    try (InputStream packed =
            GgufReaderTest.class.getResourceAsStream("/gguf/" + name + ".gguf.gz");
        GZIPInputStream bytes = new GZIPInputStream(packed)) {
      return bytes.readAllBytes();
    }
  }
}
