package dev.corral.revision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.Folders;
import dev.corral.blobs.Store;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.db.Database;
import dev.corral.db.DatabaseSettings;
import dev.corral.db.Opening;
import dev.corral.db.Schema;
import dev.corral.model.Digest;
import dev.corral.model.Layer;
import dev.corral.model.Manifest;
import dev.corral.model.ModelName;
import dev.corral.ollama.Management;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnchorsTest {
  private static final ModelName FOX = ModelName.parse("fox:t").orElseThrow();

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final OllamaNode node = OllamaNode.start();
  private Database database;
  private Store store;
  private ChangeSettings settings = ChangeSettings.defaults();
  private long disk = 1L << 40;

  @BeforeEach
  void open() throws StoreFailure {
    database =
        ((Opening.Opened)
                Database.open(
                    DatabaseSettings.defaults(), folder.resolve("corral.db"), Schema.CORRAL))
            .database();
    store = Store.open(Folders.own(folder.resolve("models")), _ -> {});
  }

  @AfterEach
  void close() throws IOException {
    store.close();
    database.close();
    node.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Anchors anchors() {
    Target target = Target.parse("rig", node.url().toString(), "");
    Management management = new Management(new Upstream(vertx), "instance-of-the-test");
    return new Anchors(
        database,
        "here",
        name ->
            switch (name) {
              case "own" -> Optional.of(new OwnSite(store));
              case "rig" -> Optional.of(new NodeSite(management, target, Optional.empty()));
              default -> Optional.empty();
            },
        () -> new Anchors.Bound(settings, disk),
        InstantSource.system());
  }

  /// A model of one version in our own store.
  private Digest publish(ModelName name, String version) throws StoreFailure {
    Layer config = store.put(Layer.CONFIG, "{}".getBytes(StandardCharsets.UTF_8));
    Layer weights = store.put(Layer.MODEL, version.getBytes(StandardCharsets.UTF_8));
    return store.publish(name, new Manifest(config, List.of(weights)).json()).digest();
  }

  private Digest meaning(ModelName name) throws StoreFailure {
    return store.find(name).map(StoredModel::digest).orElseThrow();
  }

  @Test
  void whatANameMeantComesBackInOneStep() throws StoreFailure {
    Anchors anchors = anchors();
    Digest old = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    Digest fresh = publish(FOX, "new weights");
    assertThat(meaning(FOX)).isEqualTo(fresh);
    assertThat(anchors.bringBack(anchor)).isTrue();
    assertThat(meaning(FOX)).isEqualTo(old);
    assertThat(anchor.blobs()).hasSize(2);
    assertThat(Digest.of(anchor.manifest().getBytes(StandardCharsets.UTF_8))).isEqualTo(old);
  }

  @Test
  void anAnchorIsInNoListingAndIsRememberedOverARestart() throws StoreFailure {
    Digest _ = publish(FOX, "old weights");
    Anchor anchor = anchors().keep("own", FOX).orElseThrow();
    assertThat(anchor.hidden().hidden()).isTrue();
    assertThat(store.list()).extracting(model -> model.name().shortName()).containsOnly("fox:t");
    Anchors later = anchors();
    assertThat(later.list()).extracting(Anchor::digest).containsExactly(anchor.digest());
    assertThat(later.meant(anchor.hidden().shortName())).contains(FOX);
  }

  @Test
  void nothingIsKeptOfWhatStaysTheSameOrIsNotThere() throws StoreFailure {
    Anchors anchors = anchors();
    assertThat(anchors.keep("own", FOX)).isEmpty();
    assertThat(anchors.keep("nowhere", FOX)).isEmpty();
    Digest old = publish(FOX, "old weights");
    assertThat(anchors.keepUnless("own", FOX, old)).isEmpty();
    assertThat(anchors.list()).isEmpty();
  }

  @Test
  void theBoundsDropTheOldestAndNeverTheOneThatAnUndoNeeds() throws StoreFailure {
    settings = new ChangeSettings(2, "20%");
    Anchors anchors = anchors();
    ModelName owl = ModelName.parse("owl:t").orElseThrow();
    for (int version = 1; version <= 4; version++) {
      Digest _ = publish(FOX, "fox " + version);
      Optional<Anchor> _ = anchors.keep("own", FOX);
    }
    Digest _ = publish(owl, "owl");
    Optional<Anchor> _ = anchors.keep("own", owl);
    assertThat(anchors.list()).hasSize(2);
    assertThat(anchors.newest("own", FOX)).map(Anchor::digest).contains(meaning(FOX));
    settings = new ChangeSettings(10, "1B");
    Digest _ = publish(FOX, "fox 5");
    Optional<Anchor> _ = anchors.keep("own", FOX);
    assertThat(anchors.list()).as("one for each name, however little may be kept").hasSize(2);
  }

  @Test
  void aPullThatNeedsRoomTakesThemAll() throws StoreFailure {
    Anchors anchors = anchors();
    Digest old = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    Digest _ = publish(FOX, "new weights");
    assertThat(anchors.dropOldest("own", 1)).isEqualTo(1);
    assertThat(anchors.list()).isEmpty();
    assertThat(store.hasBlob(anchor.blobs().getFirst())).as("%s", old).isFalse();
  }

  @Test
  void aNodeKeepsACopyUnderAHiddenName() {
    Anchors anchors = anchors();
    ModelName name = ModelName.parse("markov-a").orElseThrow();
    Anchor anchor = anchors.keep("rig", name).orElseThrow();
    assertThat(node.modelNames()).contains(anchor.hidden().shortName());
    node.remove("markov-a");
    assertThat(anchors.bringBack(anchor)).isTrue();
    assertThat(node.model("markov-a")).map(TestModel::sentence).contains(TestModel.FOX);
    assertThat(anchors.drop(anchor)).isTrue();
    assertThat(node.modelNames()).doesNotContain(anchor.hidden().shortName());
  }

  @Test
  void anAnchorThatCannotBeTakenAwayStaysKnownAndFreesNothing() {
    Anchors anchors = anchors();
    ModelName name = ModelName.parse("markov-a").orElseThrow();
    Anchor anchor = anchors.keep("rig", name).orElseThrow();
    node.inject(new Fault.Status(500, "permission denied"), Where.path("/api/delete").once());
    assertThat(anchors.dropOldest("rig", 1)).as("nothing came free").isZero();
    assertThat(anchors.list()).extracting(Anchor::hidden).containsExactly(anchor.hidden());
    node.remove(anchor.hidden().shortName());
    assertThat(anchors.drop(anchor)).as("what somebody removed past us is gone").isTrue();
    assertThat(anchors.list()).isEmpty();
  }

  @Test
  void boundsAreAmountsOrPartsOfTheDisk() {
    assertThat(new ChangeSettings(1, "20%").most(1000)).isEqualTo(200);
    assertThat(new ChangeSettings(1, "40GiB").most(0)).isEqualTo(40L << 30);
    assertThat(new ChangeSettings(1, "20%").most(0)).isEqualTo(Long.MAX_VALUE);
    for (String wrong : List.of("120%", "x%", "many")) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new ChangeSettings(1, wrong)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
