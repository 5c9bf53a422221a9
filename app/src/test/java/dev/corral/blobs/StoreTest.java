package dev.corral.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Names and blobs of our own store, on a real disk.
class StoreTest {
  @TempDir private Path folder;
  private final List<String> notices = new ArrayList<>();
  private Store store;

  @BeforeEach
  void open() throws StoreFailure {
    store = Store.open(Folders.own(folder), notices::add);
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @Test
  void aModelThatWasPublishedIsFoundWithAllThatBelongsToIt() throws StoreFailure {
    publish("hen", "cluck", "You are a hen.");

    StoredModel hen = store.find(name("HEN")).orElseThrow();

    assertThat(hen.name().shortName()).isEqualTo("hen:latest");
    assertThat(hen.weights().orElseThrow()).hasContent("cluck");
    assertThat(hen.texts().system()).isEqualTo("You are a hen.");
    assertThat(hen.config().family()).isEqualTo("llama");
    assertThat(hen.whole()).isTrue();
    assertThat(hen.origin()).isEqualTo(Origin.OWN);
    assertThat(hen.sizeBytes()).isEqualTo(5 + 14 + CONFIG.length);
    assertThat(store.list()).extracting(StoredModel::name).containsExactly(hen.name());
  }

  @Test
  void aBlobWithAnotherDigestIsRefusedAndLeavesNothing() throws Exception {
    Digest promised = Digest.of(bytes("what was promised"));
    try (Upload upload = store.beginBlob(5)) {
      upload.write(ByteBuffer.wrap(bytes("other")));
      assertThatThrownBy(() -> upload.commit(promised))
          .isInstanceOf(StoreFailure.class)
          .hasMessage(
              "digest mismatch, expected \"%s\", got \"%s\""
                  .formatted(promised, Digest.of(bytes("other"))));
    }
    assertThat(store.hasBlob(promised)).isFalse();
    assertThat(files("blobs")).isEmpty();
    assertThat(files(".corral/work")).allMatch(file -> file.endsWith("alive"));
  }

  @Test
  void deletingAModelKeepsTheBlobsThatAnotherOneUses() throws Exception {
    publish("hen", "cluck", "You are a hen.");
    publish("chick", "cluck", "You are a chick.");

    assertThat(store.delete(name("hen"))).isTrue();

    assertThat(store.find(name("hen"))).isEmpty();
    assertThat(store.find(name("chick")).orElseThrow().whole()).isTrue();
    assertThat(files("blobs")).hasSize(3);
    assertThat(store.delete(name("chick"))).isTrue();
    assertThat(files("blobs")).isEmpty();
    assertThat(files("manifests")).isEmpty();
    assertThat(store.delete(name("chick"))).isFalse();
  }

  private static final byte[] CONFIG =
      bytes("{\"model_format\":\"gguf\",\"model_family\":\"llama\"}");

  private void publish(String name, String weights, String system) throws StoreFailure {
    Layer model = store.put(Layer.MODEL, bytes(weights));
    Layer prompt = store.put(Layer.SYSTEM, bytes(system));
    Layer config = store.put(Layer.CONFIG, CONFIG);
    store.publish(name(name), new Manifest(config, List.of(model, prompt)).json());
  }

  private List<String> files(String below) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(below))) {
      return files.filter(Files::isRegularFile).map(Path::toString).toList();
    }
  }

  static ModelName name(String text) {
    return ModelName.parse(text).orElseThrow();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
