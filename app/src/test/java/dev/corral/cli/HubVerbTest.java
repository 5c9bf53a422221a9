package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.EngineFiles;
import dev.corral.Wiring;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.testkit.Content;
import dev.corral.testkit.HubDouble;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.Where;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `corral hub` against the whole program in front of a double of the Hub.
class HubVerbTest {
  private static final String REPO = "owner/tiny-GGUF";

  @TempDir private Path home;
  private final HubDouble hub = HubDouble.builder().key("hf_secret").start();
  private Wiring corral;

  @BeforeEach
  void publish() throws IOException {
    Files.writeString(
        home.resolve("corral.yaml"),
        "engine: {enabled: \"true\"}\nstore: {ollama: \"off\", reserve: \"0\"}\n");
    open();
    hub.file(REPO, "tiny-Q4_K_M.gguf", Content.of(model(true)));
    hub.file(REPO, "tiny-Q8_0.gguf", Content.of(model(true)));
    hub.file(REPO, "mmproj-tiny-f16.gguf", Content.of("projector"));
    hub.file(REPO, "README.md", Content.of("read me"));
    hub.info(REPO, info -> info.putObject("cardData").put("license", "apache-2.0"));
  }

  private void open() {
    Map<String, String> variables = Map.of("HF_ENDPOINT", hub.url().toString());
    corral = Wiring.start(home, null, Map.of("server.port", "0"), variables, System.err);
  }

  @AfterEach
  void close() {
    corral.close();
    hub.close();
  }

  /// What somebody saw who typed a line.
  private record Seen(int exit, String out, String err) {}

  private Seen typed(String... words) {
    Typed operator = new Typed(home);
    operator.environment.put("CORRAL_URL", corral.url());
    int exit = operator.run(words);
    return new Seen(exit, operator.out(), operator.err());
  }

  /// A decoder of two small blocks.
  private static byte[] model(boolean template) throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .text("general.architecture", "llama")
            .whole("general.file_type", 15)
            .whole("llama.block_count", 2)
            .whole("llama.context_length", 2048)
            .whole("llama.embedding_length", 64)
            .whole("llama.feed_forward_length", 128)
            .whole("llama.attention.head_count", 2)
            .texts("tokenizer.ggml.tokens", List.of("a", "b", "c", "d"));
    if (template) {
      writer.text("tokenizer.chat_template", "{{ messages }}");
    }
    writer.tensor(
        "token_embd.weight", TensorType.F16, List.of(64L, 4L), out -> out.write(new byte[512]));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.writeTo(bytes);
    return bytes.toByteArray();
  }

  @Test
  void aRepositoryIsShownWithSizesFitTemplateAndARecommendation() {
    Seen shown = typed("hub", REPO);
    assertThat(shown.exit()).isZero();
    assertThat(shown.out())
        .contains("owner/tiny-GGUF · llama")
        .contains("licence apache-2.0")
        .contains("chat template yes")
        .contains("with a projector (mmproj-tiny-f16.gguf)")
        .containsPattern("Q4_K_M\\t.*perfect.*recommended\\tgood quality, standard")
        .containsPattern("Q8_0\\t.*perfect")
        .doesNotContain("README");
    assertThat(shown.err()).contains("Fetch Q4_K_M: corral hub owner/tiny-GGUF --pull");
  }

  @Test
  void anAddressAsABrowserShowsItIsUnderstoodAndJsonIsOneDocument() {
    Seen shown =
        typed("hub", "--json", "https://huggingface.co/" + REPO + "/tree/main?not-for-all=1");
    JsonNode document = Json.read(shown.out());
    assertThat(document.path("repo").asText()).isEqualTo(REPO);
    assertThat(document.path("recommended").asText()).isEqualTo("Q4_K_M");
    assertThat(document.path("choices").path(0).path("model").asText())
        .isEqualTo("hf.co/owner/tiny-GGUF:Q4_K_M");
    assertThat(document.path("chatTemplate").asBoolean()).isTrue();
  }

  @Test
  void whereAllModelsRunElsewhereTheStandardIsRecommendedWithoutAVerdict() throws IOException {
    corral.close();
    Files.writeString(
        home.resolve("corral.yaml"),
        "backends: [{name: far, url: \"http://192.0.2.1:11434\"}]\nengine: {enabled: \"false\"}\n");
    open();
    Seen shown = typed("hub", REPO + ":Q9_K");
    assertThat(shown.out())
        .containsPattern("Q4_K_M\\t[^\\t]+\\t-\\t-\\trecommended")
        .containsPattern("Q8_0\\t[^\\t]+\\t-\\t-\\t\\t");
    assertThat(shown.err()).contains("It has no 'Q9_K'; choose one of these.");
  }

  @Test
  void theRecommendedOneIsFetchedWithAWordAndAnswers() throws IOException {
    assumeTrue(EngineFiles.natives().isPresent(), EngineFiles.HOW);
    System.setProperty("corral.natives", EngineFiles.natives().orElseThrow().toString());
    corral.close();
    open();
    try (InputStream packed = HubVerbTest.class.getResourceAsStream("/gguf/markov-a.gguf.gz")) {
      byte[] fox = new GZIPInputStream(packed).readAllBytes();
      hub.file("owner/fox-GGUF", "fox-Q4_K_M.gguf", Content.of(fox));
    }
    Seen pulled = typed("hub", "owner/fox-GGUF", "--pull");
    assertThat(pulled.exit()).as(pulled.err()).isZero();
    assertThat(pulled.out()).isEqualTo("pulled 'hf.co/owner/fox-GGUF:Q4_K_M'\n");
    assertThat(typed("list").out()).contains("hf.co/owner/fox-GGUF:Q4_K_M");
  }

  @Test
  void anotherOneIsFetchedByItsNameInAnyCaseAndOneThatCannotAnswerIsAFailure() {
    Seen pulled = typed("hub", REPO, "--pull", "q8-0");
    assertThat(pulled.err()).containsPattern("hf.co/owner/tiny-GGUF:Q8_0 .* done");
    assertThat(pulled.err()).contains("'hf.co/owner/tiny-GGUF:Q8_0': ");
    assertThat(pulled.exit()).as("half of its tensors are missing").isEqualTo(1);
    Seen none = typed("hub", REPO, "--pull", "Q2_K");
    assertThat(none.exit()).isEqualTo(4);
    assertThat(none.err()).contains("has no 'Q2_K'").contains("It has: Q4_K_M Q8_0");
  }

  @Test
  void whatFitsIsAlsoAskedForByTheNameThatAPullTakes() {
    Seen fit = typed("fit", "--json", "hf.co/" + REPO + ":Q8_0");
    assertThat(fit.exit()).isZero();
    assertThat(Json.read(fit.out()).path("verdict").asText()).isEqualTo("perfect");
  }

  @Test
  void whatIsNotThereIsExitFourAndWhatIsGatedIsExitFive() {
    Seen missing = typed("hub", "owner/nothing");
    assertThat(missing.exit()).isEqualTo(4);
    assertThat(missing.err())
        .contains("there is no repository 'owner/nothing'")
        .contains("or it is private")
        .contains("set HF_TOKEN");
    hub.access(REPO, HubDouble.Access.GATED);
    Seen gated = typed("hub", REPO);
    assertThat(gated.exit()).isZero();
    assertThat(gated.err()).contains("is gated: its licence must be accepted").contains("HF_TOKEN");
    Seen pulled = typed("hub", REPO, "--pull");
    assertThat(pulled.exit()).isEqualTo(5);
    assertThat(pulled.err()).contains("does not give out", "HF_TOKEN");
  }

  @Test
  void wrongUsageIsExitTwo() {
    assertThat(typed("hub").exit()).isEqualTo(2);
    assertThat(typed("hub", REPO, "--search", "x").exit()).isEqualTo(2);
    Seen wrong = typed("hub", "llama3.2");
    assertThat(wrong.err()).contains("'llama3.2' is no repository of Hugging Face");
  }

  @Test
  void aSearchListsWhatOneCouldLookAtNext() {
    hub.file("somebody/other-GGUF", "x-Q4_0.gguf", Content.of("x"));
    Seen found = typed("hub", "--search", "gguf");
    assertThat(found.out()).contains(REPO).contains("somebody/other-GGUF");
    assertThat(typed("hub", "--search", "nothing at all").err()).contains("fewer of them");
  }

  @Test
  void aBusyHubIsToldWithTheTimeToWait() {
    hub.play(Mischief.busy(429, Duration.ofSeconds(77)), Where.path(HubDouble.listingPath(REPO)));
    Seen busy = typed("hub", REPO);
    assertThat(busy.exit()).isEqualTo(1);
    assertThat(busy.err()).contains("wants fewer requests (429); in 77 seconds");
  }
}
