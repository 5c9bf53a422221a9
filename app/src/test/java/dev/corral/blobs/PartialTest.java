package dev.corral.blobs;

import static dev.corral.blobs.Shop.bytes;
import static dev.corral.blobs.Shop.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Blobs that come in parts and outlive a restart.
class PartialTest {
  private static final String CONTENT = "hens lay eggs in nests";

  @TempDir private Path folder;
  private Store store;

  @BeforeEach
  void open() throws StoreFailure {
    store = Store.open(Folders.own(folder), _ -> {});
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  @Test
  void partsMayComeInAnyOrderAndAfterARestart() throws Exception {
    try (Partial partial = store.partial(digest(CONTENT))) {
      assertThat(partial.length()).isZero();
      assertThat(partial.note()).isEmpty();
      partial.write(ByteBuffer.wrap(bytes("in nests")), 14);
      partial.note(bytes("[14,22]"));
    }
    close();
    open();
    assertThat(store.hasBlob(digest(CONTENT))).isFalse();
    try (Partial partial = store.partial(digest(CONTENT))) {
      assertThat(partial.note()).asString().isEqualTo("[14,22]");
      assertThat(partial.length()).isEqualTo(CONTENT.length());
      ByteBuffer back = ByteBuffer.allocate(8);
      assertThat(partial.read(back, 14)).isEqualTo(8);
      assertThat(back.array()).asString().isEqualTo("in nests");
      partial.write(ByteBuffer.wrap(bytes("hens lay eggs ")), 0);
      partial.commit(CONTENT.length());
    }
    assertThat(store.blob(digest(CONTENT)).orElseThrow()).hasContent(CONTENT);
    assertThat(folder.resolve(".corral/partial")).isEmptyDirectory();
  }

  @Test
  void aWrongByteIsFoundBeforeTheBlobHasItsName() throws Exception {
    try (Partial partial = store.partial(digest(CONTENT))) {
      partial.write(ByteBuffer.wrap(bytes(CONTENT.replace("eggs", "oggs"))), 0);

      assertThatThrownBy(() -> partial.commit(CONTENT.length()))
          .asInstanceOf(type(StoreFailure.class))
          .extracting(StoreFailure::kind)
          .isEqualTo(StoreFailure.Kind.MISMATCH);
      assertThat(store.hasBlob(digest(CONTENT))).isFalse();
      partial.write(ByteBuffer.wrap(bytes("eggs")), 9);
      partial.commit(CONTENT.length());
    }
    assertThat(store.hasBlob(digest(CONTENT))).isTrue();
  }

  @Test
  void whatIsLongerThanTheBlobIsCutBeforeItIsPublished() throws Exception {
    try (Partial partial = store.partial(digest(CONTENT))) {
      partial.write(ByteBuffer.wrap(bytes(CONTENT + " and more")), 0);
      partial.commit(CONTENT.length());
    }
    assertThat(store.blob(digest(CONTENT)).orElseThrow()).hasContent(CONTENT);
  }

  @Test
  void oneBlobHasOneHolderOnTheMachine() throws Exception {
    try (Store other = Store.open(Folders.own(folder), _ -> {});
        Partial _ = store.partial(digest(CONTENT))) {
      assertThatThrownBy(() -> other.partial(digest(CONTENT)))
          .hasMessageContaining("is being fetched by another pull or another Corral");
      assertThat(other.partial(digest("another"))).satisfies(Partial::discard);
    }
    assertThat(store.partial(digest(CONTENT))).satisfies(Partial::close);
  }

  @Test
  void aDiscardedOneIsGoneAndAForgottenOneGoesAtTheNextStart() throws Exception {
    try (Partial partial = store.partial(digest(CONTENT))) {
      partial.write(ByteBuffer.wrap(bytes("hens")), 0);
      partial.note(bytes("4"));
      partial.discard();
    }
    assertThat(folder.resolve(".corral/partial")).isEmptyDirectory();
    try (Partial partial = store.partial(digest(CONTENT))) {
      partial.write(ByteBuffer.wrap(bytes("hens")), 0);
    }
    for (String file : Shop.files(folder.resolve(".corral/partial"))) {
      Files.setLastModifiedTime(
          folder.resolve(".corral/partial").resolve(file),
          FileTime.from(Instant.now().minus(Duration.ofDays(15))));
    }
    close();
    open();
    assertThat(folder.resolve(".corral/partial")).isEmptyDirectory();
  }
}
