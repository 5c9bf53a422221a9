package dev.corral;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Shop;
import dev.corral.gguf.FileBytes;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.GgufWriter;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import dev.corral.gguf.TensorType;
import dev.corral.testkit.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A Modelfile's `ADAPTER`, from the upload to the answer: a LoRA file of rank 1 that teaches the
/// tiny model another word.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdapterTest {

  /// More than any weight of the tiny model.
  private static final float STRONG = 1000;

  private RunningCorral corral;
  private Gguf base;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    base = header(Files.write(folder.resolve("base.gguf"), Shop.tiny("markov-a")));
    corral = EngineFiles.start();
    String digest = corral.upload(Shop.tiny("markov-a"));
    create("'model':'fox','files':{'a.gguf':'" + digest + "'}");
  }

  @AfterAll
  void stop() {
    if (corral != null) {
      corral.close();
    }
  }

  private static Gguf header(Path path) throws IOException {
    try (FileBytes bytes = FileBytes.open(path)) {
      return ((Reading.Exact) GgufReader.read(bytes, ReadSettings.forPrompts())).gguf();
    }
  }

  private void create(String members) {
    Answer made = corral.post("/api/create", "{" + members + ",'stream':false}");
    assertThat(made.status()).as(made.text()).isEqualTo(200);
  }

  private Answer generate(String model) {
    return corral.post(
        "/api/generate",
        "{'model':'"
            + model
            + "','prompt':'The','raw':true,'stream':false,"
            + "'options':{'temperature':0,'num_predict':3}}");
  }

  /// What looks like `before` is followed by `after`.
  private byte[] adapter(String architecture, String before, String after) throws IOException {
    List<String> tokens = base.texts(Gguf.TOKENS);
    int width = Math.toIntExact(base.whole("llama.embedding_length").orElseThrow());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new GgufWriter()
        .text("general.type", "adapter")
        .text("general.architecture", architecture)
        .text("adapter.type", "lora")
        .real("adapter.lora.alpha", 1)
        .tensor(
            "output.weight.lora_a",
            TensorType.F32,
            List.of((long) width, 1L),
            data -> data.write(strongAt(width, tokens.indexOf(before))))
        .tensor(
            "output.weight.lora_b",
            TensorType.F32,
            List.of(1L, (long) tokens.size()),
            data -> data.write(strongAt(tokens.size(), tokens.indexOf(after))))
        .writeTo(out);
    return out.toByteArray();
  }

  private static byte[] strongAt(int length, int position) {
    ByteBuffer data = ByteBuffer.allocate(length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return data.putFloat(position * Float.BYTES, STRONG).array();
  }

  @Test
  void aModelWithAnAdapterSpeaksOtherwiseAndItsBaseAsBefore() throws IOException {
    String digest = corral.upload(adapter("llama", "▁quick", "▁dog."));

    create("'model':'taught','from':'fox','adapters':{'lora.gguf':'" + digest + "'}");

    assertThat(generate("taught").json().path("response").asText()).isEqualTo(" The quick dog.");
    assertThat(generate("fox").json().path("response").asText()).isEqualTo(" The quick brown");
  }

  @Test
  void anAdapterOfAnotherArchitectureIsRefusedAndTheServerLives() throws IOException {
    String digest = corral.upload(adapter("qwen2", "▁quick", "▁dog."));

    create("'model':'odd','from':'fox','adapters':{'lora.gguf':'" + digest + "'}");
    Answer refused = generate("odd");

    assertThat(refused.status()).isEqualTo(500);
    assertThat(refused.json().path("error").asText())
        .contains("adapter")
        .doesNotContain(corral.home().toString());
    assertThat(generate("fox").status()).isEqualTo(200);
  }
}
