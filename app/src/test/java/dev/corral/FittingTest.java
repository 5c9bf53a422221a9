package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.corral.blobs.Shop;
import dev.corral.fit.Fit;
import dev.corral.fit.FitSettings;
import dev.corral.fit.Hardware;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufValue;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.TensorType;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.testkit.Answer;
import dev.corral.testkit.Content;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.TestModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What fits, asked of the whole program.
class FittingTest {
  private static final String QUIET = "backends: [{name: none, url: \"http://127.0.0.1:1\"}]\n";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path seeds;

  /// A tiny model that somebody brought along.
  private String bringing(String name) throws IOException {
    Files.write(seeds.resolve(name + ".gguf"), Shop.tiny("markov-a"));
    return "store: {seed: [\"" + seeds + "\"]}\n";
  }

  /// A model of 300 MiB, nearly all of it a hole.
  private String bringingALargeOne(String name) throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .text(Gguf.ARCHITECTURE, "llama")
            .whole("llama.block_count", 1)
            .whole("llama.context_length", 4096)
            .whole("llama.embedding_length", 1024)
            .whole("llama.feed_forward_length", 1024)
            .whole("llama.attention.head_count", 8);
    writer.tensor("token_embd.weight", TensorType.F16, List.of(1024L, 75_000L), out -> {});
    writer.tensor("output.weight", TensorType.F16, List.of(1024L, 75_000L), out -> {});
    byte[] header = writer.header();
    Digest weights = Digest.of(header);
    Digest config = Digest.of(Shop.CONFIG);
    long bytes = header.length + 2L * 2 * 1024 * 75_000;
    Path blobs = Files.createDirectories(seeds.resolve("blobs"));
    Files.write(blobs.resolve("sha256-" + config.hex()), Shop.CONFIG);
    // nobody looks whether a hole has its digest before it is loaded
    Path file = Files.write(blobs.resolve("sha256-" + weights.hex()), header);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), bytes - 1);
    }
    Path tags = seeds.resolve("manifests/registry.ollama.ai/library/" + name);
    Manifest manifest =
        new Manifest(
            new Layer(Layer.CONFIG, config, Shop.CONFIG.length),
            List.of(new Layer(Layer.MODEL, weights, bytes)));
    Files.write(Files.createDirectories(tags).resolve("latest"), manifest.json());
    return "store: {path: \"" + seeds + "\"}\n";
  }

  private static JsonNode fit(RunningCorral corral, String ask) {
    Answer answer = corral.manage("POST", "/manage/fit", ask);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }

  @Test
  void aModelOfTheStoreIsJudgedByItsWholeHeader() throws IOException {
    try (RunningCorral corral = RunningCorral.alone(QUIET + bringing("tiny"))) {
      JsonNode fit = fit(corral, "{\"model\":\"tiny\",\"vram\":\"8GiB\"}");
      assertThat(fit.path("model").asText()).isEqualTo("tiny:latest");
      assertThat(fit.path("exact").asBoolean()).isTrue();
      assertThat(fit.path("architecture").asText()).isEqualTo("llama");
      assertThat(fit.path("verdict").asText()).isEqualTo("perfect");
      assertThat(fit.path("deviceBytes")).hasSize(1);
      assertThat(fit.has("next")).isTrue();
      assertThat(fit.has("measured")).isFalse();

      JsonNode several =
          fit(corral, "{\"model\":\"tiny\",\"context\":[512,1024],\"kv\":\"f16,q8_0/f16\"}");
      assertThat(several).hasSize(4);
      assertThat(several.path(3).path("context").asLong()).isEqualTo(1024);
      assertThat(several.path(3).path("kvK").asText()).isEqualTo("q8_0");
      JsonNode apart = fit(corral, "{\"model\":\"tiny\",\"kvK\":\"q8_0\",\"vram\":8}");
      assertThat(apart.path("kvK").asText()).isEqualTo("q8_0");
      assertThat(apart.path("kvV").asText()).isEqualTo("f16");
      assertThat(apart.path("freeBytes").asLong()).isEqualTo(8L << 30);
      assertThat(fit(corral, "{\"model\":\"tiny\",\"context\":512}").path("context").asLong())
          .isEqualTo(512);
    }
  }

  @Test
  void anAliasAndTheDefaultAreJudgedAsWhatTheyMean() throws IOException {
    String names = "default: tiny\naliases: {gpt-4o: tiny}\n";
    try (RunningCorral corral = RunningCorral.alone(QUIET + bringing("tiny") + names)) {
      for (String name : List.of("gpt-4o", "GPT-4o:latest", "default")) {
        assertThat(fit(corral, "{\"model\":\"" + name + "\"}").path("model").asText())
            .isEqualTo("tiny:latest");
      }
    }
  }

  @Test
  void whatIsAskedWronglyOrIsNowhereIsSaid() throws IOException {
    try (RunningCorral corral = RunningCorral.alone(QUIET + bringing("tiny"))) {
      for (String ask :
          List.of(
              "{}",
              "{\"model\":\"tiny\",\"kv\":\"q3_k\"}",
              "{\"model\":\"tiny\",\"placement\":\"moon\"}",
              "{\"model\":\"tiny\",\"context\":0}",
              "{\"model\":\"tiny\",\"context\":1.5}",
              "{\"model\":\"tiny\",\"contxt\":1}",
              "{\"model\":\"a b\"}",
              "{\"model\":\"sha256:abc\"}")) {
        Answer no = corral.manage("POST", "/manage/fit", ask);
        assertThat(no.status()).as(ask).isEqualTo(400);
        assertThat(no.json().path("detail").asText()).as(ask).isNotEmpty();
      }
      Answer foreign =
          corral.manage("POST", "/manage/fit", "{\"model\":\"registry.example.com/a/b:c\"}");
      assertThat(foreign.status()).isEqualTo(403);
      assertThat(foreign.json().path("next").asText()).contains("pull.hosts");
    }
  }

  @Test
  void aModelOfARegistryIsJudgedByRangesOfItsHeader() throws IOException {
    try (RegistryDouble registry = RegistryDouble.start()) {
      byte[] weights = Shop.tiny("markov-a");
      registry.publish(
          "ns/m:t",
          Content.of("{\"model_format\":\"gguf\"}"),
          new ImageLayer("model", Content.of(weights)));
      String allow = "pull: {registries: [\"" + registry.url() + "\"]}\n";
      try (RunningCorral corral = RunningCorral.alone(QUIET + allow)) {
        String host = "127.0.0.1:" + registry.port();
        JsonNode fit = fit(corral, "{\"model\":\"" + host + "/ns/m:t\"}");
        assertThat(fit.path("exact").asBoolean()).isTrue();
        assertThat(fit.path("architecture").asText()).isEqualTo("llama");
        Answer none = corral.manage("POST", "/manage/fit", "{\"model\":\"" + host + "/ns/no:t\"}");
        assertThat(none.status()).isEqualTo(404);
      }
    }
  }

  @Test
  void aLoadThatTookMoreThanEstimatedIsRememberedAndBothFiguresAreTold() throws IOException {
    String home = bringingALargeOne("tiny");
    long estimated;
    try (RunningCorral corral = RunningCorral.alone(QUIET + home)) {
      estimated =
          fit(corral, "{\"model\":\"tiny\",\"placement\":\"cpu\"}").path("hostBytes").asLong();
    }
    long took = 2 * estimated;
    TestModel model = TestModel.says("tiny", TestModel.FOX).ofSize(took);
    try (OllamaNode node = OllamaNode.builder().model(model).start()) {
      node.load("tiny");
      try (RunningCorral corral = RunningCorral.with(home, node)) {
        String ask = "{\"model\":\"tiny\",\"placement\":\"cpu\"}";
        RunningCorral.await(() -> fit(corral, ask).has("measured"), "the load is compared");
        JsonNode fit = fit(corral, ask);
        JsonNode measured = fit.path("measured");
        assertThat(measured.path("loads").asInt()).isEqualTo(1);
        assertThat(measured.path("ratio").asDouble()).isGreaterThan(1);
        assertThat(measured.path("hostBytes").asLong())
            .isGreaterThan(fit.path("hostBytes").asLong());
        assertThat(fit.path("reason").asText()).contains("of their estimate (1 compared)");
      }
    }
  }

  @Test
  void ofAModelThatOnlyANodeHasAnEstimateIsToldAndSaidToBeOne() {
    TestModel model = TestModel.says("far", TestModel.FOX).ofSize(3L << 30);
    try (OllamaNode node = OllamaNode.builder().model(model).start();
        RunningCorral corral = RunningCorral.with("pull: {hosts: [example.invalid]}\n", node)) {
      JsonNode fit = fit(corral, "{\"model\":\"far\",\"vram\":\"24GiB\"}");
      assertThat(fit.path("exact").asBoolean()).isFalse();
      assertThat(fit.path("deviceBytes").path(0).asLong()).isGreaterThan(3L << 30);
      assertThat(fit.path("reason").asText()).contains("from above");
    }
  }

  @Test
  void theKeysThatANodeShowsAreEnoughForAnEstimateFromAbove() throws IOException {
    Gguf whole = dev.corral.fit.Headers.of("headers/llama-3.1-8b.Q4_K_M.gguf-header.gz");
    ObjectNode info = JSON.createObjectNode();
    whole.metadata().forEach((key, value) -> put(info, key, value));
    ObjectNode answer = JSON.createObjectNode();
    answer.set("model_info", info);
    Gguf shown = ShownHeader.read(answer, whole.length()).orElseThrow();
    FitSettings settings = FitSettings.of(8192);
    Hardware card = Hardware.card(24L << 30);
    Fit exact = Fit.of("m", whole, settings, card);
    Fit told = Fit.of("m", shown, settings, card);
    assertThat(told.exact()).isFalse();
    assertThat(told.kv()).isEqualTo(exact.kv());
    assertThat(told.deviceBytes().getFirst())
        .isBetween(exact.deviceBytes().getFirst(), exact.deviceBytes().getFirst() * 5 / 4);
    assertThat(ShownHeader.read(JSON.createObjectNode(), 1)).isEmpty();
    assertThat(ShownHeader.read(JSON.missingNode(), 1)).isEmpty();
  }

  private static void put(ObjectNode info, String key, GgufValue value) {
    switch (value) {
      case GgufValue.Whole(long number) -> info.put(key, number);
      case GgufValue.Real(double number) -> info.put(key, number);
      case GgufValue.Flag(boolean flag) -> info.put(key, flag);
      case GgufValue.Text(String text) -> info.put(key, text);
      case GgufValue.Numbers(List<Double> numbers) -> info.set(key, JSON.valueToTree(numbers));
      case GgufValue.Texts _, GgufValue.Skipped _ -> info.putNull(key);
    }
  }

  @Test
  void theMachineAndItsDiskAreTold() {
    try (RunningCorral corral = RunningCorral.alone(QUIET)) {
      JsonNode gpu = corral.manage("GET", "/api/system/gpu", "").json();
      List<String> fields = new ArrayList<>();
      gpu.fieldNames().forEachRemaining(fields::add);
      assertThat(fields).containsExactly("available", "gpus", "totalVramGb", "source");
      assertThat(gpu.path("available").asBoolean()).isEqualTo(!gpu.path("gpus").isEmpty());

      JsonNode hardware = corral.manage("GET", "/manage/hardware", "").json();
      assertThat(hardware.path("host").path("totalBytes").asLong()).isPositive();
      assertThat(hardware.path("gpus")).hasSize(gpu.path("gpus").size());
      assertThat(hardware.path("classes").findValuesAsText("name"))
          .containsExactly("6 GB", "8 GB", "12 GB", "16 GB", "24 GB", "32+ GB");
      assertThat(hardware.path("classes").path(0).path("cards")).isNotEmpty();

      JsonNode disk = corral.manage("GET", "/manage/disk", "").json();
      assertThat(disk.path("totalBytes").asLong())
          .isGreaterThan(disk.path("freeBytes").asLong() - 1);
      assertThat(disk.path("reserveBytes").asLong()).isPositive();
    }
  }
}
