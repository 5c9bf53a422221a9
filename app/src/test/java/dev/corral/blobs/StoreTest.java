package dev.corral.blobs;

import static dev.corral.blobs.Shop.bytes;
import static dev.corral.blobs.Shop.digest;
import static dev.corral.blobs.Shop.name;
import static dev.corral.blobs.Shop.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    publish(store, "hen", "cluck", "You are a hen.");

    StoredModel hen = store.find(name("hen")).orElseThrow();

    assertThat(hen.weights().orElseThrow()).hasContent("cluck");
    assertThat(hen.texts().system()).isEqualTo("You are a hen.");
    assertThat(hen.config().family()).isEqualTo("llama");
    assertThat(hen.whole()).isTrue();
    assertThat(hen.origin()).isEqualTo(Origin.OWN);
    assertThat(hen.sizeBytes()).isEqualTo(5 + 14 + Shop.CONFIG.length);
    assertThat(store.list()).extracting(StoredModel::name).containsExactly(hen.name());
  }

  @Test
  void aNameIsFoundInAnyCaseAndKeepsTheOneOfItsFirstWriting() throws Exception {
    publish(store, "Farm/Hen:Red", "cluck", "one");
    publish(store, "farm/hen:RED", "cluck", "two");

    StoredModel hen = store.find(name("FARM/HEN:red")).orElseThrow();

    assertThat(hen.name().shortName()).isEqualTo("Farm/Hen:Red");
    assertThat(hen.texts().system()).isEqualTo("two");
    assertThat(Shop.files(folder.resolve("manifests"))).hasSize(1);
  }

  @Test
  void theNewestModelIsListedFirst() throws Exception {
    publish(store, "old", "a", "x");
    Files.setLastModifiedTime(
        folder.resolve("manifests/registry.ollama.ai/library/old/latest"),
        java.nio.file.attribute.FileTime.from(Instant.EPOCH));
    publish(store, "new", "a", "x");

    assertThat(store.list())
        .extracting(model -> model.name().model())
        .containsExactly("new", "old");
  }

  @Test
  void aBlobWithAnotherDigestIsRefusedAndLeavesNothing() throws Exception {
    try (Upload upload = store.beginBlob(5)) {
      upload.write(ByteBuffer.wrap(bytes("other")));
      assertThatThrownBy(() -> upload.commit(digest("promised")))
          .isInstanceOf(StoreFailure.class)
          .hasMessage(
              "digest mismatch, expected \"%s\", got \"%s\""
                  .formatted(digest("promised"), digest("other")));
    }
    assertThat(store.hasBlob(digest("promised"))).isFalse();
    assertThat(store.hasBlob(digest("other"))).isFalse();
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void anUploadThatStopsHalfWayLeavesNothing() throws Exception {
    try (Upload upload = store.beginBlob(1000)) {
      upload.write(ByteBuffer.wrap(bytes("half")));
      assertThat(upload.written()).isEqualTo(4);
    }
    assertThat(leftovers()).isEmpty();
    assertThat(Shop.files(folder.resolve("blobs"))).isEmpty();
  }

  @Test
  void deletingAModelKeepsTheBlobsThatAnotherOneUses() throws Exception {
    publish(store, "hen", "cluck", "You are a hen.");
    publish(store, "chick", "cluck", "You are a chick.");

    assertThat(store.delete(name("hen"))).isTrue();

    assertThat(store.find(name("hen"))).isEmpty();
    assertThat(store.find(name("chick")).orElseThrow().whole()).isTrue();
    assertThat(Shop.files(folder.resolve("blobs"))).hasSize(3);
    assertThat(store.delete(name("chick"))).isTrue();
    assertThat(Shop.files(folder.resolve("blobs"))).isEmpty();
    assertThat(folder.resolve("manifests")).isEmptyDirectory();
    assertThat(store.delete(name("chick"))).isFalse();
  }

  @Test
  void publishingOntoANameRemovesWhatOnlyItsOldModelUsed() throws StoreFailure {
    publish(store, "hen", "cluck", "old prompt");
    publish(store, "hen", "cluck", "new prompt");

    assertThat(store.hasBlob(digest("old prompt"))).isFalse();
    assertThat(store.hasBlob(digest("cluck"))).isTrue();
  }

  @Test
  void aCopyIsTheSameModelUnderASecondName() throws StoreFailure {
    StoredModel hen = publish(store, "hen", "cluck", "You are a hen.");

    assertThat(store.copy(name("hen"), name("farm/hen:copy"))).isTrue();
    assertThat(store.copy(name("nobody"), name("x"))).isFalse();
    assertThat(store.delete(name("hen"))).isTrue();

    StoredModel copy = store.find(name("farm/hen:copy")).orElseThrow();
    assertThat(copy.digest()).isEqualTo(hen.digest());
    assertThat(copy.whole()).isTrue();
  }

  @Test
  void aModelWhoseBlobIsNotHereIsNotPublished() {
    Layer absent = new Layer(Layer.MODEL, digest("absent"), 6);
    byte[] manifest = new Manifest(new Layer(Layer.CONFIG, digest("c"), 1), List.of(absent)).json();

    assertThatThrownBy(() -> store.publish(name("hen"), manifest))
        .asInstanceOf(type(StoreFailure.class))
        .extracting(StoreFailure::kind)
        .isEqualTo(StoreFailure.Kind.MISSING_BLOB);
  }

  @Test
  void aModelThatLostABlobIsListedAndSaysSo() throws Exception {
    publish(store, "hen", "cluck", "x");
    publish(store, "cow", "moo", "x");
    Files.delete(blob("cluck"));
    Files.writeString(blob("moo"), "m");

    assertThat(store.list()).hasSize(2).allMatch(model -> !model.whole());
    assertThat(store.find(name("hen")).orElseThrow().weights()).isEmpty();
    assertThat(store.find(name("cow")).orElseThrow().missing())
        .extracting(Layer::digest)
        .containsExactly(digest("moo"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "{}", "[]", "{\"config\":{},\"layers\":[null]}"})
  void aDamagedManifestHidesOnlyItselfAndNothingIsRemovedWhileItIsThere(String damage)
      throws Exception {
    publish(store, "hen", "cluck", "shared");
    publish(store, "cow", "moo", "shared");
    Files.writeString(folder.resolve("manifests/registry.ollama.ai/library/hen/latest"), damage);

    assertThat(store.list()).extracting(model -> model.name().model()).containsExactly("cow");
    assertThat(notices).singleElement().asString().startsWith("model hen:latest is not listed: ");
    assertThatThrownBy(() -> store.find(name("hen")))
        .hasMessageStartingWith("the manifest of 'hen:latest' is damaged (")
        .hasMessageEndingWith("or remove it with: corral rm hen:latest");
    assertThat(store.delete(name("cow"))).isTrue();
    assertThat(Files.exists(blob("moo"))).isTrue();
    assertThat(store.delete(name("hen"))).isTrue();
    publish(store, "hen", "cluck", "shared");
    assertThat(store.find(name("hen"))).isPresent();
  }

  @Test
  void aTextThatWasChangedOnTheDiskIsNotBelieved() throws Exception {
    publish(store, "hen", "cluck", "You are a hen.");
    Files.writeString(blob("You are a hen."), "You are a cow.");

    try (Store next = Store.open(Folders.own(folder), notices::add)) {
      assertThat(next.list()).isEmpty();
      assertThatThrownBy(() -> next.find(name("hen")))
          .hasMessageContaining("system prompt of this model was changed on the disk");
    }
  }

  @Test
  void strangersInTheFolderOfTheManifestsDoNoHarm() throws Exception {
    publish(store, "hen", "cluck", "x");
    Path library = folder.resolve("manifests/registry.ollama.ai/library");
    Files.writeString(library.resolve("hen/.DS_Store"), "x");
    Files.writeString(library.resolve("stray"), "x");
    Files.createDirectories(library.resolve("hen/deeper/still"));

    assertThat(store.list()).hasSize(1);
    assertThat(store.delete(name("hen"))).isTrue();
    assertThat(Shop.files(folder.resolve("blobs"))).isEmpty();
  }

  @Test
  void whatWouldFillTheDiskBeyondTheReserveIsRefusedWithTheMissingBytes() throws Exception {
    Bytes everything = new Bytes(1L << 60);
    try (Store full =
        Store.open(
            new Folders(folder, List.of(), List.of(), Optional.of(everything)), notices::add)) {
      assertThatThrownBy(() -> full.beginBlob(1000))
          .hasMessageStartingWith(
              "not enough room on the disk of the model store: 1.0 KB are needed")
          .hasMessageEndingWith("for example with: corral rm MODEL");
    }
    assertThat(store.beginBlob(0)).satisfies(Upload::close);
  }

  @Test
  void twoStoresOnOneFolderShareItWithoutHarm() throws Exception {
    try (Store other = Store.open(Folders.own(folder), notices::add);
        Upload upload = store.beginBlob(4)) {
      upload.write(ByteBuffer.wrap(bytes("slow")));
      List<Thread> writers = new ArrayList<>();
      for (Store one : List.of(store, other)) {
        writers.add(Thread.ofVirtual().start(() -> churn(one)));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      upload.commit(digest("slow"));
      assertThat(notices).isEmpty();
      assertThat(store.list()).allMatch(StoredModel::whole);
      assertThat(other.hasBlob(digest("slow"))).isTrue();
    }
  }

  private void churn(Store one) {
    for (int i = 0; i < 20; i++) {
      try {
        publish(one, "hen" + i % 3, "cluck" + i % 5, "shared");
        one.delete(name("hen" + (i + 1) % 3));
      } catch (StoreFailure failure) {
        // The other one has just removed a blob that this one was about to use: told, not hidden.
        assertThat(failure.kind()).isIn(StoreFailure.Kind.MISSING_BLOB, StoreFailure.Kind.BUSY);
      }
    }
  }

  private Path blob(String content) {
    return folder.resolve("blobs").resolve("sha256-" + Digest.of(bytes(content)).hex());
  }

  /// What lies in the making, but for the sign that the store is open.
  private List<String> leftovers() throws IOException {
    return Shop.files(folder.resolve(".corral/work")).stream()
        .filter(file -> !file.endsWith("alive"))
        .toList();
  }
}
