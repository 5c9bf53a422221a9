package dev.corral.blobs;

import static dev.corral.blobs.Shop.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.corral.model.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Folders with GGUF files that somebody brought along (`store.seed`).
class LooseFilesTest {
  @TempDir private Path folder;
  private final List<String> notices = new ArrayList<>();
  private Path seeds;

  @BeforeEach
  void bring() throws IOException {
    seeds = Files.createDirectories(folder.resolve("seeds/publisher"));
    Files.write(seeds.resolve("Markov-A.Q4_K_M.gguf"), Shop.tiny("markov-a"));
  }

  @Test
  void aFileIsAModelNamedAfterItAndNothingInItsFolderIsTouched() throws Exception {
    Map<String, String> before = Shop.tree(seeds);
    try (Store store = open()) {
      StoredModel model = store.list().getFirst();

      assertThat(model.name().shortName()).isEqualTo("Markov-A.Q4_K_M:latest");
      assertThat(model.origin()).isEqualTo(Origin.SEED);
      assertThat(model.whole()).isTrue();
      assertThat(model.config().family()).isEqualTo("llama");
      assertThat(model.config().parameterSize()).isEqualTo("277K");
      assertThat(model.weights().orElseThrow()).hasBinaryContent(Shop.tiny("markov-a"));
      assertThat(store.find(name("markov-a.q4_k_m"))).isPresent();
      assertThatThrownBy(() -> store.delete(model.name())).hasMessageContaining("store.seed");
    }
    assertThat(Shop.tree(seeds)).isEqualTo(before);
  }

  @Test
  void aCopyOfALooseFileIsAWholeModelOfOurs() throws Exception {
    try (Store store = open()) {
      store.copy(store.list().getFirst().name(), name("mine"));
    }
    Files.delete(seeds.resolve("Markov-A.Q4_K_M.gguf"));
    try (Store store = open()) {
      StoredModel mine = store.find(name("mine")).orElseThrow();
      assertThat(mine.whole()).isTrue();
      assertThat(mine.origin()).isEqualTo(Origin.OWN);
      assertThat(store.list()).hasSize(1);
    }
  }

  @Test
  void aDigestIsComputedOnceAndRememberedForTheNextStart() throws Exception {
    Path file = seeds.resolve("Markov-A.Q4_K_M.gguf");
    var time = Files.getLastModifiedTime(file);
    try (Store store = open()) {
      assertThat(store.list()).hasSize(1);
    }
    byte[] changed = Shop.tiny("markov-a");
    changed[changed.length - 1] ^= 1;
    Files.write(file, changed);
    Files.setLastModifiedTime(file, time);

    try (Store store = open()) {
      assertThat(store.list().getFirst().weightsLayer().orElseThrow().digest())
          .isEqualTo(Digest.of(Shop.tiny("markov-a")));
    }
    Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(1000));
    try (Store store = open()) {
      assertThat(store.list().getFirst().weightsLayer().orElseThrow().digest())
          .isEqualTo(Digest.of(changed));
    }
  }

  @Test
  void whatCannotBeUsedIsLeftOutWithTheReasonAndTheRestIsThere() throws Exception {
    byte[] whole = Shop.tiny("markov-tool");
    Files.write(seeds.resolve("short.gguf"), Arrays.copyOf(whole, whole.length / 2));
    Files.write(seeds.resolve("empty.gguf"), new byte[0]);
    Files.writeString(seeds.resolve("page.gguf"), "<html>login</html>");
    Files.write(seeds.resolve("big-00001-of-00002.gguf"), whole);
    Files.write(seeds.resolve("...gguf"), whole);
    Files.writeString(seeds.resolve("notes.txt"), "not a model");
    Path outside = Files.write(folder.resolve("outside.gguf"), whole);
    Files.createSymbolicLink(seeds.resolve("leads-out.gguf"), outside);
    Files.createSymbolicLink(seeds.resolve("stays-in.gguf"), Path.of("Markov-A.Q4_K_M.gguf"));

    try (Store store = open()) {
      assertThat(store.list())
          .extracting(model -> model.name().model())
          .containsExactlyInAnyOrder("Markov-A.Q4_K_M", "stays-in");
      assertThat(String.join("\n", notices))
          .contains("short.gguf is not listed: The file has ")
          .contains("empty.gguf is not listed: The file is empty")
          .contains("page.gguf is not listed: This is not a GGUF file")
          .contains("big-00001-of-00002.gguf is not listed: it is one part of several")
          .contains("...gguf is not listed: no model's name can be made from its own");
    }
  }

  @Test
  void aSeedInOllamasLayoutIsReadLikeAnOllama() throws Exception {
    try (Store other = Store.open(Folders.own(seeds), notices::add)) {
      Shop.publish(other, "hen", "cluck", "You are a hen.");
    }
    try (Store store = open()) {
      // The folder of a publisher is a seed of its own here.
      assertThat(store.find(name("hen"))).isEmpty();
    }
    try (Store store =
        Store.open(
            new Folders(folder.resolve("own"), List.of(), List.of(seeds), Optional.empty()),
            notices::add)) {
      assertThat(store.find(name("hen")).orElseThrow().texts().system())
          .isEqualTo("You are a hen.");
      assertThat(store.list()).hasSize(2);
    }
  }

  private Store open() throws StoreFailure {
    return Store.open(
        new Folders(
            folder.resolve("own"), List.of(), List.of(folder.resolve("seeds")), Optional.empty()),
        notices::add);
  }
}
