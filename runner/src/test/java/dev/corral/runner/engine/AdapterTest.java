package dev.corral.runner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.runner.TinyModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// LoRA files, made by hand: one that teaches a model another word.
class AdapterTest {
  private static final int TEXT = 8;
  private static final int REAL = 6;

  /// More than any weight of the tiny model.
  private static final float STRONG = 1000;

  @TempDir private Path folder;

  @Test
  void anAdapterTeachesTheModelAnotherWord() throws Exception {
    var natives = TinyModels.natives();
    var model = TinyModels.unpack("markov-a", folder);
    Path adapter;
    try (var plain = Engine.load(settings(model, natives, List.of()), share -> {})) {
      assertThat(say(plain)).isEqualTo(" The quick brown");
      int quick = plain.tokenize(" quick", false, false).getFirst();
      int dog = plain.tokenize(" dog.", false, false).getFirst();
      int size = plain.facts().vocabularySize();
      adapter = file(size, plain.facts().embeddingLength(), quick, dog);
    }
    try (var taught = Engine.load(settings(model, natives, List.of(adapter)), share -> {})) {
      assertThat(say(taught)).isEqualTo(" The quick dog.");
    }
  }

  @Test
  void anAdapterOfAnotherModelIsRefusedWithTheReason() throws Exception {
    var natives = TinyModels.natives();
    var model = TinyModels.unpack("markov-a", folder);
    var other = file(64, 64, 1, 2);
    assertThatThrownBy(() -> Engine.load(settings(model, natives, List.of(other)), share -> {}))
        .isInstanceOf(ModelRefused.class)
        .hasMessageStartingWith("The adapter was refused: ")
        .message()
        .doesNotContain(folder.toString());
  }

  private static String say(Engine engine) {
    var heard = new Heard();
    engine.submit(Ask.greedy(List.of(5), 3).task(), heard);
    return heard.text();
  }

  private static EngineSettings settings(Path model, Path natives, List<Path> adapters) {
    var one = Asked.settings(model, natives, 256, 1);
    return new EngineSettings(
        one.model(),
        one.natives(),
        one.contextLength(),
        one.slots(),
        one.threads(),
        one.batchSize(),
        one.microBatchSize(),
        one.gpuBlocks(),
        one.mainGpu(),
        one.memoryMap(),
        one.cacheTypeK(),
        one.cacheTypeV(),
        one.flashAttention(),
        one.unified(),
        one.pooling(),
        adapters);
  }

  /// A GGUF file of rank 1 over the output: whatever looks like `before` is followed by `after`.
  private Path file(int vocabulary, int width, int before, int after) throws IOException {
    int wide = (width * Float.BYTES + 31) / 32 * 32;
    var out = ByteBuffer.allocate(4096 + wide + vocabulary * Float.BYTES);
    out.order(ByteOrder.LITTLE_ENDIAN).put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3);
    out.putLong(2).putLong(4);
    text(text(out, "general.type").putInt(TEXT), "adapter");
    text(text(out, "general.architecture").putInt(TEXT), "llama");
    text(text(out, "adapter.type").putInt(TEXT), "lora");
    text(out, "adapter.lora.alpha").putInt(REAL).putFloat(1);
    text(out, "output.weight.lora_a").putInt(2).putLong(width).putLong(1).putInt(0).putLong(0);
    text(out, "output.weight.lora_b").putInt(2).putLong(1).putLong(vocabulary);
    out.putInt(0).putLong(wide);
    int data = (out.position() + 31) / 32 * 32;
    out.putFloat(data + before * Float.BYTES, STRONG);
    out.putFloat(data + wide + after * Float.BYTES, STRONG);
    var file = Files.createTempFile(folder, "adapter", ".gguf");
    out.position(0).limit(data + wide + vocabulary * Float.BYTES);
    try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
      channel.write(out);
    }
    return file;
  }

  private static ByteBuffer text(ByteBuffer out, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return out.putLong(bytes.length).put(bytes);
  }
}
