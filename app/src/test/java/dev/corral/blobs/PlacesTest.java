package dev.corral.blobs;

import static dev.corral.blobs.Shop.digest;
import static dev.corral.blobs.Shop.name;
import static dev.corral.blobs.Shop.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.corral.model.Digest;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Where names and digests lead, and where they must never lead: out of the folder, and into
/// folders of others with a pen.
class PlacesTest {
  @TempDir private Path folder;
  private final List<String> notices = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../../etc",
        "a/b",
        "a\\b",
        "a\0b",
        "",
        "/etc/passwd",
        "C:",
        "%2e%2e",
        "ａ",
        "a b"
      })
  void aPartThatIsNoNameBecomesNoPath(String part) throws Exception {
    try (Store store = own()) {
      publish(store, "hen", "cluck", "x");
      Map<String, String> before = Shop.tree(folder);
      for (ModelName trick :
          List.of(
              new ModelName("registry.ollama.ai", "library", "hen", part),
              new ModelName("registry.ollama.ai", "library", part, "latest"),
              new ModelName("registry.ollama.ai", part, "hen", "latest"))) {
        assertThatThrownBy(() -> store.find(trick)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.delete(trick)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> store.copy(name("hen"), trick))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(Shop.tree(folder)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha256:../../x",
        "sha256:0000",
        "sha512:0000000000000000000000000000000000000000000000000000000000000000",
        "sha256:000000000000000000000000000000000000000000000000000000000000000",
        "sha256:00000000000000000000000000000000000000000000000000000000000000000",
        "sha256:ABCDEF0000000000000000000000000000000000000000000000000000000000",
        "sha256:０000000000000000000000000000000000000000000000000000000000000000",
        "sha256:000000000000000000000000000000000000000000000000000000000000000\\u0000",
        "sha256/0000000000000000000000000000000000000000000000000000000000000000"
      })
  void whatIsNoDigestIsNoneAndAManifestThatNamesOneMakesNoSense(String text) {
    assertThat(Digest.parse(text)).isEmpty();
    String manifest =
        "{\"config\":{\"digest\":\"%s\",\"size\":1},\"layers\":[{\"digest\":\"%s\",\"size\":1}]}"
            .formatted(text, text);
    assertThatThrownBy(() -> Manifest.parse(Shop.bytes(manifest)))
        .hasMessage("a layer has no valid digest");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-1", "9223372036854775808", "1e30", "\"7\"", "1.5", "null", "281474976710657"})
  void aLayerWithASizeThatCannotBeMakesNoManifest(String size) {
    String layer = "{\"digest\":\"%s\",\"size\":%s}".formatted(digest("x"), size);
    assertThatThrownBy(() ->
            Manifest.parse(Shop.bytes("{\"config\":" + layer + ",\"layers\":[" + layer + "]}")))
        .hasMessage("a layer has no valid size");
  }

  @Test
  void linksInTheStoreAreNotFollowed() throws Exception {
    Path outside = Files.writeString(folder.resolve("secret"), "outside");
    Path models = folder.resolve("models");
    try (Store store = Store.open(Folders.own(models), notices::add)) {
      publish(store, "hen", "outside", "x");
      Path blob = models.resolve("blobs/sha256-" + digest("outside").hex());
      Files.delete(blob);
      Files.createSymbolicLink(blob, outside);
      Path library = models.resolve("manifests/registry.ollama.ai/library");
      Files.createSymbolicLink(library.resolve("linked"), library.resolve("hen"));

      assertThat(store.hasBlob(digest("outside"))).isFalse();
      assertThat(store.find(name("hen")).orElseThrow().weights()).isEmpty();
      assertThat(store.find(name("linked"))).isEmpty();
      assertThat(store.list()).hasSize(1);
    }
  }

  @Test
  void aModelOfAnOllamaIsUsedWhereItLiesAndNothingThereIsTouched() throws Exception {
    Path ollama = ollama("hen");
    Map<String, String> before = Shop.tree(ollama);
    try (Store store = beside(ollama)) {
      StoredModel hen = store.find(name("HEN")).orElseThrow();
      assertThat(hen.origin()).isEqualTo(Origin.OLLAMA);
      assertThat(hen.weights().orElseThrow()).startsWith(ollama);
      assertThat(store.list()).hasSize(1);
      assertThat(store.hasBlob(digest("cluck"))).isTrue();
      assertThatThrownBy(() -> store.delete(name("hen")))
          .hasMessage(
              "'hen:latest' lies in a folder that Corral only reads; remove it with: ollama rm"
                  + " hen:latest");
      assertThat(store.copy(name("hen"), name("mine"))).isTrue();
      publish(store, "hen", "other", "ours hides theirs");
      assertThat(store.find(name("hen")).orElseThrow().origin()).isEqualTo(Origin.OWN);
      assertThat(store.list()).hasSize(2);
      assertThat(store.delete(name("hen"))).isTrue();
      assertThat(store.find(name("hen")).orElseThrow().origin()).isEqualTo(Origin.OLLAMA);
    }
    assertThat(Shop.tree(ollama)).isEqualTo(before);
  }

  @Test
  void whatWasCopiedFromAnOllamaStaysWholeWhenThatOneRemovesIt() throws Exception {
    Path ollama = ollama("hen");
    try (Store store = beside(ollama)) {
      store.copy(name("hen"), name("mine"));
      try (Store theirs = Store.open(Folders.own(ollama), notices::add)) {
        theirs.delete(name("hen"));
      }
      StoredModel mine = store.find(name("mine")).orElseThrow();
      assertThat(mine.whole()).isTrue();
      assertThat(mine.weights().orElseThrow()).hasContent("cluck");
    }
  }

  @Test
  void aDamagedBlobOfAnOllamaDoesNotBecomeOurs() throws Exception {
    Path ollama = ollama("hen");
    Files.writeString(ollama.resolve("blobs/sha256-" + digest("cluck").hex()), "clack");
    try (Store store = beside(ollama)) {
      assertThatThrownBy(() -> store.copy(name("hen"), name("mine")))
          .asInstanceOf(type(StoreFailure.class))
          .extracting(StoreFailure::kind)
          .isEqualTo(StoreFailure.Kind.MISMATCH);
      assertThat(store.find(name("mine"))).isEmpty();
      assertThat(Shop.files(folder.resolve("own/blobs"))).isEmpty();
    }
  }

  @Test
  void theFoldersOfASettingAreFoundWherePeopleHaveThem() throws Exception {
    Path home = folder.resolve("home");
    Path service = Files.createDirectories(folder.resolve("elsewhere/manifests")).getParent();
    Files.createDirectories(home.resolve(".ollama/models/manifests"));
    StoreSettings usual = StoreSettings.defaults();
    Path corral = home.resolve(".corral");

    assertThat(Folders.of(usual, corral, home, Map.of()).own()).isEqualTo(corral.resolve("models"));
    assertThat(Folders.of(usual, corral, home, Map.of()).ollama())
        .contains(home.resolve(".ollama/models"));
    assertThat(Folders.of(usual, corral, home, Map.of("OLLAMA_MODELS", "" + service)).ollama())
        .containsExactly(service);
    StoreSettings own = new StoreSettings("~/m", "off", "5GiB", List.of("~/seeds"), Trash.USUAL);
    Folders folders = Folders.of(own, corral, home, Map.of());
    assertThat(folders.own()).isEqualTo(home.resolve("m"));
    assertThat(folders.ollama()).isEmpty();
    assertThat(folders.seeds()).containsExactly(home.resolve("seeds"));
    assertThat(folders.reserve().orElseThrow().count()).isEqualTo(5L << 30);
    assertThatThrownBy(() -> new StoreSettings("", "wrote", "auto", List.of(), Trash.USUAL))
        .hasMessageContaining("write");
  }

  private Store own() throws StoreFailure {
    return Store.open(Folders.own(folder.resolve("own")), notices::add);
  }

  private Store beside(Path ollama) throws StoreFailure {
    return Store.open(
        new Folders(folder.resolve("own"), List.of(ollama), List.of(), Optional.empty()),
        notices::add);
  }

  /// A folder as an Ollama leaves it, with one model.
  private Path ollama(String model) throws Exception {
    Path ollama = folder.resolve("ollama");
    try (Store theirs = Store.open(Folders.own(ollama), notices::add)) {
      publish(theirs, model, "cluck", "You are a hen.");
    }
    return ollama;
  }
}
