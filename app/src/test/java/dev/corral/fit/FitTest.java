package dev.corral.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.corral.gguf.ByteSource;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.GgufValue;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.HostMemory;
import dev.corral.hardware.Inventory;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What people ask: does it fit, why not, and what would.
class FitTest {
  private static final long GIB = 1L << 30;

  private static final Instant NOW = Instant.EPOCH;

  private final Gguf llama8b = header("headers/llama-3.1-8b.Q4_K_M.gguf-header.gz");
  private final Gguf phi2 = header("headers/phi-2.Q4_K_M.gguf-header.gz");

  @Test
  void anEightBillionModelIsPerfectOnAnEmptyCardOfSixteenGibibytes() {
    Fit fit = fit(llama8b, FitSettings.of(8192), Hardware.card(16 * GIB));
    assertThat(fit.verdict()).isEqualTo(Verdict.PERFECT);
    assertThat(fit.fileType()).isEqualTo("Q4_K_M");
    assertThat(fit.exact()).isTrue();
    assertThat(fit.blocks()).isEqualTo(new Fit.Blocks(32, 32));
    assertThat(fit.kv().devices()).containsExactly(GIB);
    assertThat(fit.deviceBytes().getFirst())
        .isEqualTo(
            fit.weights().devices().getFirst()
                + fit.kv().devices().getFirst()
                + fit.compute().devices().getFirst());
    assertThat(fit.missingBytes()).isZero();
    assertThat(fit.next()).isNull();
  }

  @Test
  void aLongContextMakesItTightAndTheNextStepsAreNamed() {
    Fit fit = fit(llama8b, FitSettings.of(49_152), Hardware.card(13 * GIB));
    assertThat(fit.verdict()).isEqualTo(Verdict.TIGHT);
    assertThat(fit.next())
        .contains("a q8_0 cache (perfect)")
        .contains("a context of 24576 (perfect)");
  }

  @Test
  void onASmallCardSomeBlocksGoToTheHostAndTheMissingBytesAreSaid() {
    Fit fit = fit(llama8b, FitSettings.of(8192), Hardware.card(6 * GIB));
    assertThat(fit.verdict()).isEqualTo(Verdict.PARTIAL);
    assertThat(fit.blocks().onDevice()).isBetween(10, 31);
    assertThat(fit.placement()).isEqualTo("blocks=" + (fit.blocks().onDevice() + 1));
    assertThat(fit.deviceBytes().getFirst())
        .isLessThanOrEqualTo(Hardware.card(6 * GIB).gpus().getFirst().usableBytes());
    Fit oneMore =
        fit(
            llama8b,
            FitSettings.of(8192).withPlacement(new Placement.Blocks(fit.blocks().onDevice() + 2)),
            Hardware.card(6 * GIB));
    assertThat(oneMore.verdict()).isEqualTo(Verdict.WONT);
    assertThat(fit.missingBytes()).isPositive();
    assertThat(fit.reason()).contains(fit.blocks().onDevice() + " of 32 blocks");
    assertThat(fit.next()).contains("Q");
  }

  @Test
  void theOutputLayerCountsAsOneOfTheBlocksAndGoesFirst() {
    FitSettings settings = FitSettings.of(8192).withPlacement(new Placement.Blocks(1));
    Fit fit = fit(llama8b, settings, Hardware.card(6 * GIB));
    assertThat(fit.blocks()).isEqualTo(new Fit.Blocks(0, 32));
    assertThat(fit.deviceBytes().getFirst()).isPositive();
    assertThat(fit.reason())
        .contains("Only the output layer, which counts as one, on the GPU", "all blocks on the");
  }

  @Test
  void whatFitsNowhereWontAndSaysHowMuchIsMissing() {
    Hardware small = new Hardware(List.of(gpu(4 * GIB)), 4 * GIB, 3 * GIB);
    Gguf large = header("headers/llama-3.1-405b.Q4_K_M.gguf-header.gz");
    Fit fit = fit(large, FitSettings.of(8192), small);
    assertThat(fit.verdict()).isEqualTo(Verdict.WONT);
    assertThat(fit.missingBytes()).isGreaterThan(200 * GIB);
    assertThat(fit.next()).contains("choose a smaller model");
  }

  @Test
  void withoutAGpuTheRamDecides() {
    Hardware none = new Hardware(List.of(), 32 * GIB, 30 * GIB);
    Fit fit = fit(llama8b, FitSettings.of(8192), none);
    assertThat(fit.placement()).isEqualTo("cpu");
    assertThat(fit.verdict()).isEqualTo(Verdict.PERFECT);
    assertThat(fit.deviceBytes()).isEmpty();
    assertThat(fit.freeBytes()).isEqualTo(30 * GIB);
    assertThat(
            fit(llama8b, FitSettings.of(8192), new Hardware(List.of(), 8 * GIB, 5 * GIB)).verdict())
        .isEqualTo(Verdict.WONT);
  }

  @Test
  void twoCardsShareWhatOneCannotHold() {
    Hardware two = new Hardware(List.of(gpu(6 * GIB), gpu(6 * GIB)), 64 * GIB, 60 * GIB);
    assertThat(fit(llama8b, FitSettings.of(8192), two).placement()).isEqualTo("gpu-two");
    FitSettings one = FitSettings.of(8192).withPlacement(new Placement.Gpu());
    assertThat(fit(llama8b, one, two).next()).contains("both GPUs");
    FitSettings pipeline = FitSettings.of(8192).withPlacement(new Placement.GpuTwo());
    Fit fit = fit(llama8b, pipeline, two);
    assertThat(fit.verdict().runs()).isTrue();
    assertThat(fit.deviceBytes()).hasSize(2);
    Fit lacking = fit(llama8b, pipeline, Hardware.card(16 * GIB));
    assertThat(lacking.verdict()).isEqualTo(Verdict.WONT);
    assertThat(lacking.deviceBytes()).hasSize(2);
    assertThat(lacking.reason()).contains("only 1 is here");
    assertThat(lacking.next()).contains("gpu: perfect");
  }

  @Test
  void whatIsAskedForExplicitlyIsToldAsAskedAlsoWhereItDoesNotFit() {
    FitSettings all = FitSettings.of(8192).withPlacement(new Placement.Gpu());
    Fit roomy = fit(llama8b, all, Hardware.card(16 * GIB));
    Fit small = fit(llama8b, all, Hardware.card(6 * GIB));
    assertThat(small.verdict()).isEqualTo(Verdict.PARTIAL);
    assertThat(small.placement()).isEqualTo("gpu");
    assertThat(small.deviceBytes()).isEqualTo(roomy.deviceBytes());
    assertThat(small.blocks().onDevice()).isBetween(10, 31);
    assertThat(small.missingBytes()).isPositive();

    Fit none = fit(llama8b, all, new Hardware(List.of(), 32 * GIB, 30 * GIB));
    assertThat(none.verdict()).isEqualTo(Verdict.WONT);
    assertThat(none.deviceBytes()).isEqualTo(roomy.deviceBytes());
    assertThat(none.missingBytes()).isEqualTo(roomy.deviceBytes().getFirst());
    assertThat(none.reason()).contains("no GPU");
    assertThat(none.next()).contains("cpu: perfect");
  }

  @Test
  void whatElseOccupiesTheCardIsSaid() {
    Hardware busy =
        new Hardware(
            List.of(new Hardware.Gpu("card", 24 * GIB, 9 * GIB, Hardware.Driver.CUDA)),
            64 * GIB,
            60 * GIB);
    assertThat(fit(llama8b, FitSettings.of(8192), busy).reason())
        .contains("Other programs and loaded models hold 15.0 GiB there now");
    assertThat(fit(llama8b, FitSettings.of(8192), Hardware.card(24 * GIB)).reason())
        .doesNotContain("Other programs");
  }

  @Test
  void earlierLoadsThatTookMoreLiftTheEstimateAndBothAreTold() {
    Correction.Book book =
        (architecture, driver) ->
            architecture.equals("llama") && driver.equals("cuda")
                ? Optional.of(new Correction(1.5, 4))
                : Optional.empty();
    Hardware card = Hardware.card(10 * GIB);
    Fit plain = fit(llama8b, FitSettings.of(8192), card);
    Fit corrected = Fit.of("model", llama8b, FitSettings.of(8192), card, book);
    assertThat(plain.verdict()).isEqualTo(Verdict.PERFECT);
    assertThat(plain.measured()).isNull();
    assertThat(corrected.verdict()).isEqualTo(Verdict.TIGHT);
    assertThat(corrected.deviceBytes()).isEqualTo(plain.deviceBytes());
    assertThat(corrected.measured().deviceBytes().getFirst())
        .isEqualTo(Math.round(plain.deviceBytes().getFirst() * 1.5));
    assertThat(corrected.reason()).contains("150 % of their estimate (4 compared)");
  }

  @Test
  void earlierLoadsThatTookMoreKeepBlocksOffTheCardAndRaiseWhatIsMissing() {
    Correction.Book book = (_, _) -> Optional.of(new Correction(1.5, 4));
    Hardware card = Hardware.card(6 * GIB);
    long usable = card.gpus().getFirst().usableBytes();
    Fit plain = fit(llama8b, FitSettings.of(8192), card);
    Fit corrected = Fit.of("model", llama8b, FitSettings.of(8192), card, book);
    assertThat(corrected.verdict()).isEqualTo(Verdict.PARTIAL);
    assertThat(corrected.blocks().onDevice()).isLessThan(plain.blocks().onDevice());
    assertThat(corrected.deviceBytes().getFirst() * 1.5).isLessThanOrEqualTo((double) usable);
    Fit whole = fit(llama8b, FitSettings.of(8192), Hardware.card(16 * GIB));
    assertThat(corrected.missingBytes())
        .isBetween(
            Math.round(whole.deviceBytes().getFirst() * 1.5) - usable - 1,
            Math.round(whole.deviceBytes().getFirst() * 1.5) - usable + 1);
  }

  @Test
  void fromTheSizeOfAFileAloneTheAnswerIsRoughAndFromAbove() {
    Here here =
        new Here(
            () -> new Inventory(List.of(), new HostMemory(32 * GIB, 30 * GIB, "test", NOW), NOW),
            () -> FitSettings.of(8192),
            Correction.Book.EMPTY,
            InstantSource.system());
    Fit rough = here.roughly("llama3.1:8b", llama8b.length());
    assertThat(rough.exact()).isFalse();
    assertThat(rough.verdict()).isEqualTo(Verdict.PERFECT);
    assertThat(rough.hostBytes()).isGreaterThan(here.of("llama3.1:8b", llama8b).hostBytes());
    assertThat(here.roughly("huge", 60 * GIB).verdict()).isEqualTo(Verdict.WONT);
  }

  @Test
  void blocksThatReadTheCacheOfAnotherGpuGetCopiesOfIt() {
    Gguf gemma = header("headers/gemma-4-e4b-variant.Q4_K_M.gguf-header.gz");
    long all = gemma.whole("gemma4.block_count").orElseThrow();
    // like the smaller one of the family: only the first blocks have a cache of their own
    Gguf sharing = with(gemma, "gemma4.attention.shared_kv_layers", all - 15);
    FitSettings pipeline = FitSettings.of(32_768).withPlacement(new Placement.GpuTwo());
    Hardware two = Hardware.cards(2, 24 * GIB);
    Fit usual = fit(gemma, pipeline, two);
    Fit crossing = fit(sharing, pipeline, two);
    assertThat(crossing.kv().devices().getLast()).isZero();
    assertThat(crossing.compute().devices().getLast() - usual.compute().devices().getLast())
        .isGreaterThan(4 * crossing.kv().devices().getFirst() / 3);
    assertThat(crossing.compute().devices().getFirst())
        .isEqualTo(usual.compute().devices().getFirst());
  }

  private static Gguf with(Gguf gguf, String key, long value) {
    Map<String, GgufValue> metadata = new LinkedHashMap<>(gguf.metadata());
    metadata.put(key, new GgufValue.Whole(value));
    return new Gguf(
        gguf.version(),
        gguf.alignment(),
        metadata,
        gguf.tensors(),
        gguf.tensorCount(),
        gguf.dataStart(),
        gguf.length(),
        gguf.complete());
  }

  @Test
  void settingsThatTheEngineRefusesAreRefusedWithTheWayOut() {
    FitSettings quantised = FitSettings.of(2048).withCache(TensorType.Q8_0, TensorType.Q8_0);
    Fit fit = fit(phi2, quantised, Hardware.card(16 * GIB));
    assertThat(fit.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(fit.reason()).contains("80").contains("multiple");
    assertThat(fit.next()).contains("f16");
    assertThat(fit.deviceBytes()).isEmpty();
  }

  @Test
  void anUnknownArchitectureIsEstimatedFromAboveAndNeverPerfectOnACloseCall() {
    Gguf stranger = renamed("quokka");
    Gguf known = renamed("llama");
    FitSettings settings = FitSettings.of(4096);
    Hardware roomy = Hardware.card(64 * GIB);
    Fit strange = fit(stranger, settings, roomy);
    assertThat(strange.exact()).isFalse();
    assertThat(strange.verdict()).isEqualTo(Verdict.PERFECT);
    assertThat(strange.reason()).contains("quokka").contains("estimated from above");
    long need = fit(known, settings, roomy).deviceBytes().getFirst();
    assertThat(strange.deviceBytes().getFirst()).isGreaterThanOrEqualTo(need);
    // as much usable that the known one is perfect by a hair
    Hardware close = usable((long) (need / 0.88));
    assertThat(fit(known, settings, close).verdict()).isEqualTo(Verdict.PERFECT);
    assertThat(fit(stranger, settings, close).verdict()).isEqualTo(Verdict.TIGHT);
  }

  @Test
  void aStrangerWhoseAttentionAddsDistancesIsCountedWithoutFlashAttention() {
    FitSettings settings = FitSettings.of(32_768);
    String key = ".attention.relative_buckets_count";
    Hardware roomy = Hardware.card(64 * GIB);
    long plain = fit(renamed("quokka"), settings, roomy).deviceBytes().getFirst();
    Gguf adding = with(renamed("quokka"), "quokka" + key, 32);
    long scores = 64L * 32_768 * settings.ubatch() * Float.BYTES;
    assertThat(fit(adding, settings, roomy).deviceBytes().getFirst()).isGreaterThan(plain + scores);
    assertThat(fit(with(renamed("llama"), "llama" + key, 32), settings, roomy).deviceBytes())
        .as("of a known one the engine's rules are known")
        .isEqualTo(fit(renamed("llama"), settings, roomy).deviceBytes());
  }

  @Test
  void theFirstPartOfAHeaderGivesAProvisionalAnswerFromAbove() throws IOException {
    Gguf exact = Corpus.header("with-vocabulary/llama-3.1-8b.Q4_K_M.gguf-header.gz");
    Gguf glance =
        Corpus.glance("with-vocabulary/llama-3.1-8b.Q4_K_M.gguf-header.gz", exact.length());
    FitSettings settings = FitSettings.of(8192);
    Fit first = fit(glance, settings, Hardware.card(24 * GIB));
    Fit then = fit(exact, settings, Hardware.card(24 * GIB));
    assertThat(first.exact()).isFalse();
    assertThat(then.exact()).isTrue();
    assertThat(first.kv()).isEqualTo(then.kv());
    assertThat(first.deviceBytes().getFirst())
        .isBetween(then.deviceBytes().getFirst(), then.deviceBytes().getFirst() * 115 / 100);
    assertThat(first.reason()).contains("Provisional");
  }

  @Test
  void whatAModelSeesThroughIsCountedWithItsStepsFromAboveAndIsNeverExact() {
    long projector = 600L << 20;
    Fit blind = fit(llama8b, FitSettings.of(8192), Hardware.card(16 * GIB));
    Fit seeing = fit(llama8b.seeing(projector), FitSettings.of(8192), Hardware.card(16 * GIB));
    assertThat(seeing.deviceBytes().getFirst() - blind.deviceBytes().getFirst())
        .isEqualTo(projector + GIB);
    assertThat(seeing.exact()).isFalse();
    assertThat(seeing.blocks()).isEqualTo(blind.blocks());
    assertThat(seeing.reason()).contains("sees or hears").contains("1 GiB");
    Hardware none = new Hardware(List.of(), 32 * GIB, 30 * GIB);
    assertThat(
            fit(llama8b.seeing(projector), FitSettings.of(8192), none).hostBytes()
                - fit(llama8b, FitSettings.of(8192), none).hostBytes())
        .isEqualTo(projector + GIB);
    assertThat(llama8b.seeing(0)).isSameAs(llama8b);
  }

  @Test
  void aProjectorBesideAFirstPartOfAHeaderLeavesTheBlocksAsTheKeysTellThem() throws IOException {
    Gguf exact = Corpus.header("with-vocabulary/llama-3.1-8b.Q4_K_M.gguf-header.gz");
    Gguf glance =
        Corpus.glance("with-vocabulary/llama-3.1-8b.Q4_K_M.gguf-header.gz", exact.length());
    Fit blind = fit(glance, FitSettings.of(8192), Hardware.card(24 * GIB));
    Fit seeing = fit(glance.seeing(GIB), FitSettings.of(8192), Hardware.card(24 * GIB));
    assertThat(seeing.kv()).isEqualTo(blind.kv());
    assertThat(seeing.deviceBytes().getFirst() - blind.deviceBytes().getFirst())
        .isBetween(2 * GIB - (1 << 20), 2 * GIB);
  }

  @Test
  void aFileThatIsNoModelIsRefused() {
    Gguf vocabulary = read(new GgufWriter().text(Gguf.ARCHITECTURE, "llama").header());
    Fit fit = fit(vocabulary, FitSettings.of(2048), Hardware.card(8 * GIB));
    assertThat(fit.verdict()).isEqualTo(Verdict.REFUSED);
    assertThat(fit.next()).contains("model file");
  }

  @Test
  void aModelOfManyExpertsMayKeepThemOnTheHost() {
    Gguf experts = header("headers/qwen3-30b-a3b.Q4_K_M.gguf-header.gz");
    assertThat(fit(experts, FitSettings.of(8192), Hardware.card(8 * GIB)).next())
        .contains("all experts on the host (gpu-experts-on-host)");
    assertThat(fit(llama8b, FitSettings.of(8192), Hardware.card(6 * GIB)).next())
        .doesNotContain("experts");
  }

  @Test
  void sizesThatNoModelHasAreRefusedAndNeverOverflowIntoAFit() {
    for (String key :
        List.of(
            "llama.embedding_length",
            "llama.attention.head_count",
            "llama.attention.head_count_kv",
            "llama.attention.key_length",
            "llama.block_count",
            "llama.ssm.inner_size",
            "llama.ssm.state_size")) {
      for (long value : new long[] {1L << 31, 1L << 40, Long.MAX_VALUE}) {
        Gguf strange = with(with(llama8b, "llama.ssm.conv_kernel", 4), key, value);
        Fit fit = fit(strange, FitSettings.of(8192), Hardware.card(16 * GIB));
        assertThat(fit.verdict()).as(key + " " + value).isEqualTo(Verdict.REFUSED);
      }
    }
  }

  @Test
  void theLargestSettingsThatAreTakenGiveFiguresThatAreNotNegative() {
    FitSettings most =
        new FitSettings(
            1L << 28,
            256,
            true,
            FitSettings.FlashAttention.OFF,
            TensorType.F32,
            TensorType.F32,
            1L << 16,
            true,
            true,
            false,
            new Placement.Gpu());
    Fit fit = fit(header("headers/bloom-7b1.Q4_K_M.gguf-header.gz"), most, Hardware.card(GIB));
    assertThat(fit.verdict()).isEqualTo(Verdict.WONT);
    assertThat(fit.deviceBytes().getFirst()).isGreaterThan(1L << 40);
    assertThat(fit.missingBytes()).isGreaterThan(1L << 40);
  }

  @Test
  void aContextThatNobodyAskedForIsNoLongerThanTheTraining() {
    Gguf encoder = header("headers/bge-large-en-v1.5.F16.gguf-header.gz");
    FitGrid grid = new FitGrid("", "1", "f16", "512", "auto", "auto", false);
    FitQuestion question = FitQuestion.of(grid, "24", "");
    List<Fit> fits =
        question.answers(
            "m", encoder, OptionalLong.of(4096), () -> Hardware.card(GIB), Correction.Book.EMPTY);
    assertThat(fits.getFirst().context()).isEqualTo(512);
    assertThat(fits.getFirst().outputBytes()).isPositive();
  }

  @Test
  void listsOfSettingsGiveAllCombinationsInOrder() {
    FitGrid grid =
        new FitGrid("2048,8192", "1,4", "f16,q8_0/f16", "512", "on", "gpu,blocks=7", false);
    List<FitSettings> all = grid.expand(4096);
    assertThat(all).hasSize(16);
    assertThat(all.get(1).kvK()).isEqualTo(TensorType.Q8_0);
    assertThat(all.get(1).kvV()).isEqualTo(TensorType.F16);
    assertThat(all.getLast().placement()).isEqualTo(new Placement.Blocks(7));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FitGrid("2k", "1", "f16", "512", "on", "gpu", false).expand(1))
        .withMessageContaining("2k");
    String many = String.join(",", IntStream.range(1, 200).mapToObj(Integer::toString).toList());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FitGrid(many, many, "f16", "512", "on", "gpu", false).expand(1))
        .withMessageContaining("fewer");
  }

  @Test
  void whatIsNoSettingIsRefusedWithTheFormsThatAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Placement.parse("moon"))
        .withMessageContaining("blocks=N");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FitSettings.cacheType("q3_k"))
        .withMessageContaining("q8_0");
    assertThatIllegalArgumentException().isThrownBy(() -> FitSettings.of(0));
    for (String text : List.of("gpu", "cpu", "gpu-half", "gpu-two", "gpu-kv-on-host", "blocks=3")) {
      assertThat(Placement.parse(text).text()).isEqualTo(text);
    }
  }

  @Test
  void theClassicRuleOfThumbIsThereForWhoAsksForIt() {
    assertThat(Fit.classicBytes(5 * GIB, 1000)).isEqualTo(6 * GIB + (1 << 20) + (500 << 20));
  }

  private static Fit fit(Gguf gguf, FitSettings settings, Hardware hardware) {
    return Fit.of("model", gguf, settings, hardware);
  }

  private static Hardware.Gpu gpu(long bytes) {
    return new Hardware.Gpu("card", bytes, bytes, Hardware.Driver.CUDA);
  }

  /// A card that leaves a model exactly so much.
  private static Hardware usable(long bytes) {
    long free = bytes + GIB + Hardware.Driver.CUDA.contextBytes();
    return new Hardware(
        List.of(new Hardware.Gpu("card", free, free, Hardware.Driver.CUDA)), 64 * GIB, 60 * GIB);
  }

  /// A plain network of two wide blocks under any architecture's name.
  private static Gguf renamed(String architecture) {
    GgufWriter writer =
        new GgufWriter()
            .text(Gguf.ARCHITECTURE, architecture)
            .whole(architecture + ".block_count", 2)
            .whole(architecture + ".context_length", 4096)
            .whole(architecture + ".embedding_length", 8192)
            .whole(architecture + ".feed_forward_length", 28_672)
            .whole(architecture + ".attention.head_count", 64)
            .whole(architecture + ".attention.head_count_kv", 8);
    writer.tensor("token_embd.weight", TensorType.F16, List.of(8192L, 32_000L), out -> {});
    writer.tensor("output.weight", TensorType.F16, List.of(8192L, 32_000L), out -> {});
    for (int i = 0; i < 2; i++) {
      String block = "blk." + i + ".";
      writer
          .tensor(block + "attn_norm.weight", TensorType.F32, List.of(8192L), out -> {})
          .tensor(block + "attn_q.weight", TensorType.F16, List.of(8192L, 8192L), out -> {})
          .tensor(block + "attn_k.weight", TensorType.F16, List.of(8192L, 1024L), out -> {})
          .tensor(block + "attn_v.weight", TensorType.F16, List.of(8192L, 1024L), out -> {})
          .tensor(block + "attn_output.weight", TensorType.F16, List.of(8192L, 8192L), out -> {})
          .tensor(block + "ffn_norm.weight", TensorType.F32, List.of(8192L), out -> {})
          .tensor(block + "ffn_gate.weight", TensorType.F16, List.of(8192L, 28_672L), out -> {})
          .tensor(block + "ffn_up.weight", TensorType.F16, List.of(8192L, 28_672L), out -> {})
          .tensor(block + "ffn_down.weight", TensorType.F16, List.of(28_672L, 8192L), out -> {});
    }
    return read(writer.header());
  }

  private static Gguf read(byte[] header) {
    return ((Reading.Exact) GgufReader.read(ByteSource.of(header), ReadSettings.forFit())).gguf();
  }

  private static Gguf header(String path) {
    try {
      return Corpus.header(path);
    } catch (IOException e) {
      throw new IllegalStateException(path, e);
    }
  }
}
