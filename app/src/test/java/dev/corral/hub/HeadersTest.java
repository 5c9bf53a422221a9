package dev.corral.hub;

import static dev.corral.hub.Yonder.got;
import static dev.corral.hub.Yonder.name;
import static dev.corral.hub.Yonder.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.gguf.ByteSource;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.TensorType;
import dev.corral.registry.Trouble.Kind;
import dev.corral.testkit.Await;
import dev.corral.testkit.Content;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers of files that lie elsewhere, read before anything is fetched.
class HeadersTest {
  private static final String REPO = "owner/repo";
  private static final String FILE = "m-Q4_K_M.gguf";
  private static final String NAME = "hf.co/owner/repo:Q4_K_M";

  /// Makes a header of 1 MB; one within the first 256 KiB.
  private static final int MANY_TOKENS = 50_000;

  private static final int FEW_TOKENS = 1_000;
  private static final Duration PATIENCE = Await.LONG;

  private final HubDouble cdn = HubDouble.start();
  private HubDouble hub = HubDouble.start();
  private Hubs hubs = Yonder.hubs(hub, "");

  @AfterEach
  void close() {
    hub.close();
    cdn.close();
  }

  private void restart(HubDouble.Builder builder, String key, String... further) {
    hub.close();
    hub = builder.start();
    hubs = Yonder.hubs(hub, key, further);
  }

  private void publish(int tokens) {
    Models.File file = Models.of(TensorType.Q4_K, tokens);
    hub.large(REPO, FILE, file.header(), file.size());
  }

  private Header exact() {
    return got(hubs.headers().of(name(NAME), Depth.EXACT));
  }

  private List<Exchange> ranges() {
    return hub.exchanges(HubDouble.filePath(REPO, FILE));
  }

  @Test
  void aGlanceIsOneRequestAndTellsTheHyperParameters() {
    publish(MANY_TOKENS);
    Header header = got(hubs.headers().of(name(NAME), Depth.GLANCE));
    assertThat(header.gguf().complete()).isFalse();
    assertThat(header.gguf().architecture()).contains("llama");
    assertThat(header.gguf().whole("llama.block_count")).hasValue(8);
    assertThat(ranges()).hasSize(1);
    assertThat(ranges().getFirst().request().headers().first("Range")).contains("bytes=0-262143");
  }

  @Test
  void theWholeHeaderIsTwoRequestsAndTheSecondIsHungUpOnWhereItEnds() {
    publish(MANY_TOKENS);
    Header header = exact();
    assertThat(header.gguf().complete()).isTrue();
    assertThat(header.gguf().tensors()).hasSize(Models.tensors());
    assertThat(header.requests()).isEqualTo(2);
    assertThat(header.bytesRead()).isLessThan(2_000_000);
    assertThat(ranges()).hasSize(2);
    ranges().getLast().awaitCancelled(PATIENCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-3.1-8b.Q4_K_M", "gpt-oss-20b.MXFP4_MOE"})
  void theLongestHeadersOfRealModelsTakeTwoRequestsAndSixteenMegabytesAtMost(String model)
      throws IOException {
    byte[] header = real(model);
    Reading.Exact whole =
        (Reading.Exact) GgufReader.read(ByteSource.of(header), ReadSettings.forFit());
    hub.large(REPO, FILE, header, whole.gguf().length());
    Header read = exact();
    assertThat(read.gguf().tensors()).isEqualTo(whole.gguf().tensors());
    assertThat(read.requests()).isEqualTo(2);
    assertThat(read.bytesRead()).isBetween((long) header.length, RangeSource.MOST_BYTES);
  }

  private static byte[] real(String model) throws IOException {
    String path = "/fit/with-vocabulary/" + model + ".gguf-header.gz";
    try (InputStream packed = HeadersTest.class.getResourceAsStream(path);
        GZIPInputStream bytes = new GZIPInputStream(Objects.requireNonNull(packed))) {
      return bytes.readAllBytes();
    }
  }

  @Test
  void aShortHeaderIsKnownWithTheFirstRequest() {
    publish(FEW_TOKENS);
    assertThat(got(hubs.headers().of(name(NAME), Depth.GLANCE)).gguf().complete()).isTrue();
    assertThat(ranges()).hasSize(1);
  }

  @Test
  void aHeaderThatIsKnownIsNotAskedForAgain() {
    publish(MANY_TOKENS);
    Header first = exact();
    Header again = exact();
    assertThat(again.gguf()).isSameAs(first.gguf());
    assertThat(again.requests()).isZero();
    assertThat(ranges()).hasSize(2);
  }

  @Test
  void aFileAtAnotherHostIsReadThereAndTheKeyStaysHere() {
    restart(HubDouble.builder().filesAt(cdn).key("hf_secret"), "hf_secret", cdn.url().toString());
    publish(MANY_TOKENS);
    assertThat(exact().gguf().complete()).isTrue();
    assertThat(ranges())
        .allSatisfy(one ->
            assertThat(one.request().headers().first("Authorization"))
                .contains("Bearer hf_secret"));
    assertThat(cdn.exchanges())
        .hasSize(2)
        .allSatisfy(one -> {
          assertThat(one.request().headers().has("Authorization")).isFalse();
          assertThat(one.request().headers().has("Range")).isTrue();
        });
  }

  @Test
  void aServerThatSendsWholeFilesIsCutOff() {
    publish(MANY_TOKENS);
    hub.play(new Mischief.IgnoreRange(), Where.path(HubDouble.filePath(REPO, FILE)));
    Header header = exact();
    assertThat(header.gguf().complete()).isTrue();
    assertThat(header.bytesRead()).isLessThan(RangeSource.MOST_BYTES);
    ranges().getFirst().awaitCancelled(PATIENCE);
  }

  @Test
  void whereTheRestIsRefusedTheGlanceStands() {
    publish(MANY_TOKENS);
    hub.play(new Mischief.CutAt(300_000), Where.path(HubDouble.filePath(REPO, FILE)));
    Header header = exact();
    assertThat(header.gguf().complete()).isFalse();
    assertThat(header.requests()).isLessThanOrEqualTo(RangeSource.MOST_REQUESTS);
  }

  @Test
  void aConnectionThatBreaksOffIsTakenUpAgain() {
    publish(MANY_TOKENS);
    hub.play(new Mischief.CutAt(100_000), Where.path(HubDouble.filePath(REPO, FILE)).once());
    Header header = exact();
    assertThat(header.gguf().complete()).isTrue();
    assertThat(header.requests()).isEqualTo(3);
  }

  @Test
  void aHeaderOfABillionTensorsIsRefusedWithoutReadingThem() {
    ByteBuffer bytes = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(1_000_000_000L);
    hub.large(REPO, FILE, bytes.array(), 4L << 30);
    assertThat(trouble(hubs.headers().of(name(NAME), Depth.EXACT)))
        .satisfies(trouble -> {
          assertThat(trouble.kind()).isEqualTo(Kind.WRONG);
          assertThat(trouble.text()).contains("declares 1000000000 tensors");
        });
    assertThat(ranges()).hasSize(1);
  }

  @Test
  void aHeaderThatNeverEndsIsReadToSixteenMegabytesAndNoFurther() {
    Models.File file = Models.of(TensorType.Q4_K, 1_900_000);
    assertThat(file.header().length).isGreaterThan((int) RangeSource.MOST_BYTES);
    hub.large(REPO, FILE, file.header(), file.size());
    Header header = exact();
    assertThat(header.gguf().complete()).isFalse();
    assertThat(header.bytesRead()).isLessThanOrEqualTo(RangeSource.MOST_BYTES);
    assertThat(header.requests()).isLessThanOrEqualTo(RangeSource.MOST_REQUESTS);
  }

  @Test
  void aSplitSetIsTheSumOfItsParts() {
    publishSplit(Models.tensors());
    Header header = exact();
    assertThat(header.gguf().complete()).isTrue();
    assertThat(header.gguf().tensors()).hasSize(Models.tensors());
    assertThat(header.gguf().tensorBytes()).isEqualTo(whole().tensorBytes());
  }

  @Test
  void partsOfTwoModelsAreNotTakenForOne() {
    publishSplit(Models.tensors() + 1);
    assertThat(trouble(hubs.headers().of(name(NAME), Depth.EXACT)).text())
        .contains("they are not parts of one model");
  }

  private void publishSplit(int declared) {
    List<Models.File> parts = Models.split(TensorType.Q4_K, FEW_TOKENS, declared);
    for (int i = 0; i < parts.size(); i++) {
      String path = "Q4_K_M/m-Q4_K_M-0000%d-of-00002.gguf".formatted(i + 1);
      hub.large(REPO, path, parts.get(i).header(), parts.get(i).size());
    }
  }

  private Gguf whole() {
    Models.File file = Models.of(TensorType.Q4_K, FEW_TOKENS);
    hub.large("owner/other", FILE, file.header(), file.size());
    return got(hubs.headers().of(name("hf.co/owner/other:Q4_K_M"), Depth.EXACT)).gguf();
  }

  @Test
  void aRedirectIntoThisMachineOrToAMetadataAddressIsNotFollowed() {
    publish(FEW_TOKENS);
    for (String inward : List.of(cdn.url() + "/x", "http://169.254.169.254/latest/meta-data")) {
      hub.behave();
      hub.play(new Mischief.Elsewhere(302, inward), Where.path(HubDouble.filePath(REPO, FILE)));
      assertThat(trouble(hubs.headers().of(name(NAME), Depth.EXACT)).kind())
          .isEqualTo(Kind.NOT_ALLOWED);
    }
    assertThat(cdn.exchanges()).isEmpty();
  }

  @Test
  void aSignInPageIsCalledWhatItIs() {
    publish(FEW_TOKENS);
    hub.play(new Mischief.Page(), Where.path(HubDouble.filePath(REPO, FILE)));
    assertThat(trouble(hubs.headers().of(name(NAME), Depth.EXACT)).text())
        .contains("a web page instead of data");
  }

  @Test
  void aBlobOfARegistryIsReadTheSameWay() {
    try (RegistryDouble registry = RegistryDouble.start()) {
      Models.File file = Models.of(TensorType.Q4_K, FEW_TOKENS);
      Content weights = Content.headed(file.header(), file.size());
      registry.publish("ns/m:t", Content.of("{}"), new ImageLayer("model", weights));
      Hubs asking = Yonder.hubs(hub, "", registry.url().toString());
      String name = "127.0.0.1:" + registry.port() + "/ns/m:t";
      Header header = got(asking.headers().of(name(name), Depth.EXACT));
      assertThat(header.gguf().complete()).isTrue();
      assertThat(header.requests()).isEqualTo(1);
    }
  }

  @Test
  void aTagThatIsNotThereIsNamedWithTheCommandThatShowsWhatIs() {
    publish(FEW_TOKENS);
    assertThat(trouble(hubs.headers().of(name("hf.co/owner/repo:Q2_K"), Depth.EXACT)))
        .satisfies(trouble -> {
          assertThat(trouble.kind()).isEqualTo(Kind.MISSING);
          assertThat(trouble.next()).isEqualTo("See what there is: corral hub owner/repo");
        });
  }
}
