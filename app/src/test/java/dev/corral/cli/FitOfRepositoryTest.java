package dev.corral.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.corral.Wiring;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.testkit.Content;
import dev.corral.testkit.HubDouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `corral fit` of models that lie at the Hub, by the whole program.
class FitOfRepositoryTest {
  private static final String REPO = "owner/tiny-GGUF";
  private static final long LARGE = 40L << 20;

  @TempDir private Path home;
  private final HubDouble hub = HubDouble.builder().key("hf_secret").start();
  private Wiring corral;
  private Typed typed;

  @BeforeEach
  void open() throws IOException {
    Files.writeString(
        home.resolve("corral.yaml"),
        "engine: {enabled: \"true\"}\nstore: {ollama: \"off\", reserve: \"0\"}\n");
    Map<String, String> variables = Map.of("HF_ENDPOINT", hub.url().toString());
    corral = Wiring.start(home, null, Map.of("server.port", "0"), variables, System.err);
    hub.file(REPO, "tiny-Q4_K_M.gguf", Content.of(model()));
    hub.large(REPO, "tiny-Q8_0.gguf", model(), LARGE);
    hub.file(REPO, "tiny-Q2_K.gguf", Content.of("<html>not this one</html>"));
    typed = new Typed(home);
    typed.environment.put("CORRAL_URL", corral.url());
  }

  @AfterEach
  void close() {
    corral.close();
    hub.close();
  }

  private static byte[] model() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .text("general.architecture", "llama")
            .whole("llama.block_count", 1)
            .whole("llama.context_length", 2048)
            .whole("llama.embedding_length", 64)
            .whole("llama.feed_forward_length", 128)
            .whole("llama.attention.head_count", 2);
    writer.tensor(
        "token_embd.weight", TensorType.F16, List.of(64L, 4L), out -> out.write(new byte[512]));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writer.writeTo(bytes);
    return bytes.toByteArray();
  }

  @Test
  void aQuantizationOfARepositoryIsJudgedByItsHeaderAlone() {
    for (String name : List.of("hf.co/" + REPO + ":Q4_K_M", REPO + ":Q4_K_M", "hf.co/" + REPO)) {
      assertThat(typed.run("fit", name, "--json", "--vram", "8GiB")).as(typed.err()).isZero();
      JsonNode fit = Json.read(typed.out());
      assertThat(fit.path("architecture").asText()).isEqualTo("llama");
      assertThat(fit.path("exact").asBoolean()).isTrue();
      assertThat(fit.path("verdict").asText()).isEqualTo("perfect");
      assertThat(fit.path("context").asLong()).isEqualTo(2048);
    }
    assertThat(hub.asked(REPO, "tiny-Q8_0.gguf")).isZero();
  }

  @Test
  void whatTheRepositoryLacksOrKeepsToItselfIsSaid() {
    assertThat(typed.run("fit", "hf.co/" + REPO + ":IQ1_S")).isEqualTo(4);
    assertThat(typed.err()).contains("IQ1_S", "corral hub");
    assertThat(typed.run("fit", "hf.co/" + REPO + ":Q2_K")).isEqualTo(1);
    assertThat(typed.run("fit", "hf.co/nobody/nothing-GGUF")).isNotZero();
    hub.access(REPO, HubDouble.Access.GATED);
    assertThat(typed.run("fit", "hf.co/" + REPO + ":Q8_0")).isEqualTo(5);
    assertThat(typed.err()).contains("HF_TOKEN");
  }
}
