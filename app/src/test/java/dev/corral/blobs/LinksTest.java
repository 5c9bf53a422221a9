package dev.corral.blobs;

import static dev.corral.blobs.Shop.bytes;
import static dev.corral.blobs.Shop.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.model.Layer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Second names of blobs, in a folder that others change too.
class LinksTest {
  @TempDir private Path folder;
  private Store store;
  private Links links;
  private List<Layer> layers;

  @BeforeEach
  void open() throws StoreFailure {
    store = Store.open(Folders.own(folder), _ -> {});
    links = store.links("me");
    layers = Shop.publish(store, "hen", "cluck", "x").manifest().blobs();
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private Path blob(String content) {
    return folder.resolve("blobs/sha256-" + digest(content).hex());
  }

  private Path link(String owner, String content) {
    return folder.resolve(".corral/anchors/" + owner + "/hen/sha256-" + digest(content).hex());
  }

  @Test
  void aLinkTakesNoRoomAndAModelThatIsKeptGivesNone() throws Exception {
    long before = store.housekeeping().footprints().getFirst().aloneBytes();
    assertThat(links.keep("hen", layers)).isTrue();
    assertThat(Files.isSameFile(blob("cluck"), link("me", "cluck"))).isTrue();
    assertThat(links.frees(Set.of("hen"), _ -> false, false)).isZero();
    assertThat(store.housekeeping().footprints().getFirst().aloneBytes()).isZero();
    assertThat(links.frees(Set.of("hen"), Shop.name("hen")::equals, false)).isEqualTo(before);
    assertThat(store.delete(Shop.name("hen"))).isTrue();
    assertThat(links.frees(Set.of("hen"), _ -> false, false)).isEqualTo(before);
  }

  @Test
  void theTrashAndWhatIsKeptGiveABlobTogether() throws Exception {
    assertThat(links.keep("hen", layers)).isTrue();
    assertThat(store.trash().take(Shop.name("hen"))).isTrue();
    assertThat(store.trash().bytes()).as("it is kept elsewhere").isZero();
    assertThat(links.frees(Set.of("hen"), _ -> false, false)).isZero();
    assertThat(links.frees(Set.of("hen"), _ -> false, true))
        .isEqualTo(layers.stream().mapToLong(Layer::size).sum());
  }

  @Test
  void whereThereCanBeNoLinksNothingIsKeptAndNothingBreaks() throws Exception {
    Path _ = Files.createFile(folder.resolve(".corral/anchors"));
    assertThat(links.keep("hen", layers)).isFalse();
    assertThat(links.holds("hen", layers)).isFalse();
    assertThat(links.putBack(layers)).as("all is there").isEmpty();
    links.sweep(Set::of);
    assertThat(links.remove("hen")).isTrue();
    assertThat(Shop.publish(store, "hen", "cluck", "y").whole()).isTrue();
    assertThat(OllamaFolder.at(folder).links("me", false).keep("hen", layers))
        .as("a folder that we may not write")
        .isFalse();
  }

  @Test
  void whatIsKeptHalfIsNotKeptAndLeavesNothing() throws Exception {
    Files.delete(blob("x"));
    assertThat(links.keep("hen", layers)).isFalse();
    assertThat(Shop.files(folder.resolve(".corral/anchors"))).isEmpty();
  }

  @Test
  void whatIsStillKeptStaysThoughAnotherPartIsGone() throws Exception {
    assertThat(links.keep("hen", layers)).isTrue();
    Files.delete(blob("cluck"));
    assertThat(links.keep("hen", layers)).as("its link is there").isTrue();
    Files.delete(blob("x"));
    Files.delete(link("me", "x"));
    assertThat(links.keep("hen", layers)).isFalse();
    assertThat(link("me", "cluck")).hasContent("cluck");
    assertThat(links.putBack(layers))
        .hasValueSatisfying(why -> assertThat(why).contains("nowhere"));
    assertThat(blob("cluck")).as("what there is comes back all the same").hasContent("cluck");
  }

  @Test
  void aBlobThatCameAnewTakesThePlaceOfADamagedLink() throws Exception {
    assertThat(links.keep("hen", layers)).isTrue();
    assertThat(store.links("other").keep("hen", layers)).isTrue();
    Files.writeString(blob("cluck"), "clack");
    try (Partial partial = store.partial(digest("cluck"))) {
      partial.write(ByteBuffer.wrap(bytes("cluck")), 0);
      partial.note(new byte[0]);
      partial.replace(
          digest("cluck"),
          Marks.of(folder.resolve(".corral/partial/sha256-" + digest("cluck").hex())));
    }
    for (String owner : List.of("me", "other")) {
      assertThat(Files.isSameFile(blob("cluck"), link(owner, "cluck"))).isTrue();
    }
    assertThat(blob("cluck")).hasContent("cluck");
  }

  @Test
  void aBlobThatWasCutShortIsReplacedByALinkThatIsWhole() throws Exception {
    assertThat(links.keep("hen", layers)).isTrue();
    Files.delete(blob("cluck"));
    Files.writeString(blob("cluck"), "clu");
    assertThat(links.putBack(layers)).isEmpty();
    assertThat(blob("cluck")).hasContent("cluck");
    assertThat(Shop.files(folder.resolve(".corral/anchors"))).noneMatch(f -> f.contains("making"));
  }

  @Test
  void aKeptBlobThatIsUsedAgainIsFreshForAnOllamaThatTidies() throws Exception {
    assertThat(links.keep("hen", layers)).isTrue();
    FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
    Files.setLastModifiedTime(blob("cluck"), old);
    StoredModel _ = Shop.publish(store, "hen", "cluck", "y");
    assertThat(Files.getLastModifiedTime(blob("cluck"))).isGreaterThan(old);
    Path _ = Files.createLink(folder.resolve("somebody-elses"), blob("cluck"));
    Files.setLastModifiedTime(blob("cluck"), old);
    StoredModel _ = Shop.publish(store, "hen", "cluck", "z");
    assertThat(Files.getLastModifiedTime(blob("cluck"))).as("not ours alone").isEqualTo(old);
  }
}
