package dev.corral.hub;

import static dev.corral.hub.Yonder.got;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.corral.fit.Correction;
import dev.corral.fit.Fit;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Here;
import dev.corral.fit.Verdict;
import dev.corral.gguf.TensorType;
import dev.corral.hardware.Gpu;
import dev.corral.hardware.HostMemory;
import dev.corral.hardware.Inventory;
import dev.corral.hub.Offer.Basis;
import dev.corral.hub.Offer.Judged;
import dev.corral.registry.Trouble;
import dev.corral.registry.Trouble.Kind;
import dev.corral.testkit.Content;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.Where;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is offered of a repository, and what is recommended.
class OffersTest {
  private static final String REPO = "owner/repo";
  private static final RepositoryName NAME = new RepositoryName("owner", "repo");
  private static final int TOKENS = 40_000;
  private static final long GIB = 1L << 30;

  /// What is kept free of a card, and what its driver takes.
  private static final long KEPT = GIB + (450L << 20);

  private static final Map<String, TensorType> TYPES =
      Map.of(
          "Q3_K_M", TensorType.Q3_K,
          "Q4_K_M", TensorType.Q4_K,
          "Q5_K_M", TensorType.Q5_K,
          "Q6_K", TensorType.Q6_K,
          "Q8_0", TensorType.Q8_0);

  private final HubDouble hub = HubDouble.start();
  private final Hubs hubs = Yonder.hubs(hub, "");

  @AfterEach
  void close() {
    hub.close();
  }

  private void publish(String... labels) {
    for (String label : labels) {
      Models.File file = Models.of(TYPES.get(label), TOKENS);
      hub.large(REPO, "m-" + label + ".gguf", file.header(), file.size());
    }
  }

  /// A machine with one card, and plenty of memory beside it.
  private static Optional<Here> card(long freeBytes) {
    Gpu gpu =
        new Gpu(
            "GPU-1",
            "a card",
            Gpu.Vendor.NVIDIA,
            OptionalLong.of(freeBytes),
            OptionalLong.of(freeBytes),
            false,
            "1",
            "nvml");
    HostMemory host = new HostMemory(64 * GIB, 60 * GIB, "meminfo", Instant.EPOCH);
    return Optional.of(
        new Here(
            () -> new Inventory(List.of(gpu), host, Instant.EPOCH),
            () -> FitSettings.of(4096),
            Correction.Book.EMPTY,
            InstantSource.system()));
  }

  private Offer offer(Optional<Here> here) {
    return got(new Offers(hubs).of(NAME, here));
  }

  private static String recommended(Offer offer) {
    return offer.recommended().map(Choice::title).orElse("none");
  }

  private static Judged judged(Offer offer, String title) {
    return offer.choices().stream()
        .filter(one -> one.choice().title().equals(title))
        .findFirst()
        .orElseThrow();
  }

  private static long needed(Judged judged) {
    return judged.fit().orElseThrow().deviceBytes().getFirst();
  }

  @Test
  void theBestThatIsPerfectIsRecommendedAndNeverMoreThanQ5KM() {
    publish("Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0");
    Offer offer = offer(card(24 * GIB));
    assertThat(offer.choices())
        .allSatisfy(one -> assertThat(one.fit().map(Fit::verdict)).contains(Verdict.PERFECT));
    assertThat(recommended(offer)).isEqualTo("Q5_K_M");
  }

  @Test
  void whatGoesWithEveryChoiceIsCountedWithIt() {
    publish("Q3_K_M", "Q4_K_M");
    Offer blind = offer(card(24 * GIB));
    hub.large(REPO, "mmproj-F16.gguf", new byte[] {1}, GIB);
    Offer seeing = got(new Offers(Yonder.hubs(hub, "")).of(NAME, card(24 * GIB)));
    assertThat(needed(judged(seeing, "Q4_K_M")) - needed(judged(blind, "Q4_K_M")))
        .as("its bytes, and 1 GiB for its steps")
        .isEqualTo(2 * GIB);
    assertThat(needed(judged(seeing, "Q3_K_M")) - needed(judged(blind, "Q3_K_M")))
        .isEqualTo(2 * GIB);
  }

  @Test
  void aHeaderThatCallsItselfOtherwiseThanItsNameIsTold() {
    publish("Q4_K_M", "Q5_K_M"); // the headers of all say Q4_K_M
    Offer offer = offer(card(24 * GIB));
    assertThat(judged(offer, "Q4_K_M").words()).isEqualTo("good quality, standard");
    assertThat(judged(offer, "Q5_K_M").words()).endsWith("; its header says Q4_K_M");
  }

  @Test
  void onASmallerCardASmallerOneIs() {
    publish("Q3_K_M", "Q4_K_M", "Q5_K_M");
    long needed = needed(judged(offer(card(24 * GIB)), "Q4_K_M"));
    Offer offer = offer(card((long) (needed / 0.89) + KEPT));
    assertThat(recommended(offer)).isEqualTo("Q4_K_M");
    assertThat(judged(offer, "Q4_K_M").exact()).isTrue();
    assertThat(judged(offer, "Q5_K_M").fit().map(Fit::verdict)).contains(Verdict.TIGHT);
  }

  @Test
  void whereTheHardwareIsNotKnownItIsQ4KM() {
    publish("Q3_K_M", "Q4_K_M", "Q5_K_M");
    Offer offer = offer(Optional.empty());
    assertThat(recommended(offer)).isEqualTo("Q4_K_M");
    assertThat(offer.choices()).allSatisfy(one -> assertThat(one.fit()).isEmpty());
  }

  @Test
  void whereOnlyLargerOnesAreThereTheSmallestOfThemIs() {
    publish("Q6_K", "Q8_0");
    assertThat(recommended(offer(card(24 * GIB)))).isEqualTo("Q6_K");
  }

  @Test
  void whereNothingFitsNothingIsRecommended() {
    publish("Q4_K_M");
    Offer offer = offer(card(KEPT + (200 << 20)));
    assertThat(recommended(offer)).isEqualTo("none");
    assertThat(judged(offer, "Q4_K_M").fit().map(Fit::verdict)).contains(Verdict.PARTIAL);
  }

  @Test
  void oneHeaderStandsForTheOthersAndIsRightWithinTwoPercent() {
    publish("Q4_K_M", "Q8_0", "Q3_K_M");
    Offer offer = offer(card(24 * GIB));
    assertThat(judged(offer, "Q4_K_M").basis()).isEqualTo(Basis.HEADER);
    Judged byArithmetic = judged(offer, "Q8_0");
    assertThat(byArithmetic.basis()).isEqualTo(Basis.SIBLING);
    assertThat(byArithmetic.exact()).isFalse();
    Header own = got(hubs.headers().of(NAME, byArithmetic.choice(), Depth.EXACT));
    long exact = card(24 * GIB).orElseThrow().of("m", own.gguf()).deviceBytes().getFirst();
    assertThat((double) needed(byArithmetic)).isCloseTo((double) exact, within(0.02 * exact));
  }

  @Test
  void noMoreThanThreeHeadersAreRead() {
    publish("Q3_K_M", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0");
    offer(card(24 * GIB));
    long read =
        TYPES.keySet().stream()
            .filter(label -> hub.asked(REPO, "m-" + label + ".gguf") > 0)
            .count();
    assertThat(read).isBetween(1L, 3L);
    assertThat(hub.asked(REPO, "m-Q8_0.gguf")).isZero();
  }

  @Test
  void theTemplateTheLicenceAndTheArchitectureComeFromTheHeaderWhereNobodyElseTells() {
    publish("Q4_K_M");
    Offer offer = offer(card(24 * GIB));
    assertThat(offer.chatTemplate()).contains(true);
    assertThat(offer.license()).isEqualTo("mit");
    assertThat(offer.architecture()).isEqualTo("llama");
    assertThat(offer.contextLength()).hasValue(8192);
    assertThat(offer.parameters().orElseThrow()).isBetween(150_000_000L, 200_000_000L);
    assertThat(offer.notes()).isEmpty();
  }

  @Test
  void aBaseModelIsToldApart() {
    Models.File file = Models.base(TensorType.Q4_K, TOKENS);
    hub.large(REPO, "m-Q4_K_M.gguf", file.header(), file.size());
    Offer offer = offer(Optional.empty());
    assertThat(offer.chatTemplate()).contains(false);
    assertThat(offer.notes()).singleElement().asString().contains("a base model", "Instruct");
  }

  @Test
  void aSetOfPartsIsWeighedAsOne() {
    List<Models.File> parts = Models.split(TensorType.Q4_K, TOKENS, Models.tensors());
    for (int i = 0; i < 2; i++) {
      String path = "m-Q4_K_M-0000%d-of-00002.gguf".formatted(i + 1);
      hub.large(REPO, path, parts.get(i).header(), parts.get(i).size());
    }
    hub.large(REPO, "m-Q8_0-00001-of-00002.gguf", parts.getFirst().header(), 1_000_000_000);
    Offer offer = offer(card(24 * GIB));
    assertThat(judged(offer, "Q4_K_M").exact()).isTrue();
    assertThat(recommended(offer)).isEqualTo("Q4_K_M");
    assertThat(judged(offer, "Q8_0").fit()).isEmpty();
    assertThat(judged(offer, "Q8_0").choice().missing()).containsExactly(2);
  }

  @Test
  void whereNoHeaderCanBeHadTheSizesMustDoAndThatIsSaid() {
    publish("Q4_K_M", "Q8_0");
    hub.access(REPO, HubDouble.Access.GATED);
    Offer offer = offer(card(24 * GIB));
    assertThat(offer.choices())
        .allSatisfy(one -> {
          assertThat(one.basis()).isEqualTo(Basis.SIZE);
          assertThat(one.exact()).isFalse();
        });
    assertThat(offer.notes()).singleElement().asString().contains("figures are rough", "is gated");
    assertThat(hub.asked(REPO, "m-Q4_K_M.gguf") + hub.asked(REPO, "m-Q8_0.gguf")).isEqualTo(1);
  }

  @Test
  void aBusyHubIsNotAskedForOneHeaderAfterTheOther() {
    publish("Q4_K_M", "Q8_0", "Q5_K_M");
    hub.play(
        Mischief.busy(429, Duration.ofSeconds(60)),
        Where.path(HubDouble.filePath(REPO, "m-Q4_K_M.gguf")));
    assertThat(offer(card(24 * GIB)).notes().toString()).contains("wants fewer requests");
    assertThat(hub.asked(REPO, "m-Q5_K_M.gguf")).isZero();
  }

  @Test
  void aRepositoryWithoutGgufIsToldWithAWayOn() {
    hub.file(REPO, "model.safetensors", Content.of("x"));
    Trouble trouble = Yonder.trouble(new Offers(hubs).of(NAME, Optional.empty()));
    assertThat(trouble.kind()).isEqualTo(Kind.MISSING);
    assertThat(trouble.text()).isEqualTo("'owner/repo' has no GGUF file");
    assertThat(trouble.next()).contains("corral hub --search \"repo GGUF\"");
  }
}
