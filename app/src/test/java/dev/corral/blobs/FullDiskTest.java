package dev.corral.blobs;

import static dev.corral.blobs.Shop.bytes;
import static dev.corral.blobs.Shop.digest;
import static dev.corral.blobs.Shop.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.model.Bytes;
import dev.corral.testkit.SmallDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that is really full: 2 MiB in memory, which only root may mount. Elsewhere this is
/// skipped, and the reserve is tried in [StoreTest].
class FullDiskTest {
  @TempDir private Path folder;
  private @Nullable SmallDisk disk;

  @BeforeEach
  void mount() {
    disk = SmallDisk.over(folder, 2 << 20).orElse(null);
    assumeTrue(disk != null, SmallDisk.NONE);
  }

  @AfterEach
  void unmount() {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void anUploadThatFillsTheDiskSaysSoAndLeavesNothing() throws Exception {
    try (Store store = open()) {
      Shop.publish(store, "hen", "cluck", "x");
      try (Upload upload = store.beginBlob(0)) {
        assertThatThrownBy(() -> fill(upload))
            .asInstanceOf(type(StoreFailure.class))
            .matches(failure -> failure.kind() == StoreFailure.Kind.NO_ROOM)
            .extracting(StoreFailure::text)
            .asString()
            .startsWith("no space left on the disk of the model store; nothing was kept")
            .doesNotContain(folder.toString());
      }
      assertThat(Shop.files(folder.resolve(".corral/work"))).hasSize(1);
      assertThat(store.list()).singleElement().matches(StoredModel::whole);
      Shop.publish(store, "cow", "moo", "there is room again");
    }
  }

  @Test
  void aPublishThatFindsNoRoomLeavesTheModelBeforeItAsItWas() throws Exception {
    try (Store store = open()) {
      Shop.publish(store, "hen", "cluck", "old");
      try (Upload upload = store.beginBlob(0)) {
        assertThatThrownBy(() -> fill(upload)).isInstanceOf(StoreFailure.class);
        assertThatThrownBy(() -> Shop.publish(store, "hen", "cluck", "new".repeat(10_000)))
            .isInstanceOf(StoreFailure.class);
        assertThat(store.find(name("hen")).orElseThrow().texts().system()).isEqualTo("old");
      }
      assertThat(store.list()).hasSize(1);
    }
  }

  @Test
  void aDownloadThatFillsTheDiskKeepsWhatItHasAndGoesOnWhenThereIsRoom() throws Exception {
    try (Store store = open()) {
      try (Partial partial = store.partial(digest("egg"));
          Upload other = store.beginBlob(0)) {
        assertThatThrownBy(() -> fill(other)).isInstanceOf(StoreFailure.class);
        assertThatThrownBy(() -> partial.write(ByteBuffer.allocate(1 << 20), 0))
            .hasMessageStartingWith("no space left");
      }
      try (Partial partial = store.partial(digest("egg"))) {
        partial.write(ByteBuffer.wrap(bytes("egg")), 0);
        partial.commit(3);
      }
      assertThat(store.hasBlob(digest("egg"))).isTrue();
    }
  }

  @Test
  void onAFullDiskAModelGoesToTheTrashOrSaysHowItGoesForGood() throws Exception {
    try (Store store = open()) {
      Shop.publish(store, "hen", "cluck".repeat(10_000), "x");
      try (Upload upload = store.beginBlob(0)) {
        assertThatThrownBy(() -> fill(upload)).isInstanceOf(StoreFailure.class);
        try {
          assertThat(store.trash().take(name("hen"))).isTrue();
        } catch (StoreFailure full) {
          assertThat(full.text()).contains("corral rm hen:latest --now");
          assertThat(store.find(name("hen")).orElseThrow().whole()).isTrue();
          assertThat(store.delete(name("hen"))).isTrue();
        }
        assertThat(store.trash().empty()).isNotNull();
      }
      assertThat(Shop.files(folder.resolve("blobs"))).isEmpty();
    }
  }

  private Store open() throws StoreFailure {
    return Store.open(
        new Folders(folder, List.of(), List.of(), Optional.of(new Bytes(0))), _ -> {});
  }

  private static void fill(Upload upload) throws StoreFailure {
    for (int i = 0; i < 64; i++) {
      upload.write(ByteBuffer.allocate(1 << 16));
    }
  }
}
