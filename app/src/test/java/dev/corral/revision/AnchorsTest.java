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
import dev.corral.testkit.Await;
import dev.corral.testkit.Exchange;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
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
              case "rig" -> Optional.of(new NodeSite(management, target, Optional.empty(), false));
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
    assertThat(anchors.bringBack(anchor).back()).isTrue();
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
    assertThat(anchors.bringBack(anchor).back()).isTrue();
    assertThat(node.model("markov-a")).map(TestModel::sentence).contains(TestModel.FOX);
    assertThat(anchors.drop(anchor)).isPresent();
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
    assertThat(anchors.drop(anchor)).as("what somebody removed past us is gone").isPresent();
    assertThat(anchors.list()).isEmpty();
  }

  private Path blob(Digest digest) {
    return folder.resolve("models/blobs/sha256-" + digest.hex());
  }

  /// Somebody tidies our folder past us: the hidden manifest goes, and all blobs of the anchor.
  private void cleanUp(Anchor anchor) throws IOException {
    try (Stream<Path> hidden = Files.walk(folder.resolve("models/manifests"))) {
      for (Path path : hidden.filter(path -> path.endsWith(anchor.id())).toList()) {
        Files.delete(path);
      }
    }
    for (Digest digest : anchor.blobs()) {
      Files.deleteIfExists(blob(digest));
    }
  }

  @Test
  void whatSomebodyElseRemovesComesBackFromItsLinks() throws Exception {
    Anchors anchors = anchors();
    Digest old = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    Digest _ = publish(FOX, "new weights");
    assertThat(anchors.kept()).extracting(Kept::holding).containsExactly(Kept.Holding.LINKS);
    cleanUp(anchor);
    assertThat(anchors.bringBack(anchor)).isEqualTo(new Undone.Back());
    assertThat(meaning(FOX)).isEqualTo(old);
    assertThat(store.find(FOX).orElseThrow().whole()).isTrue();
    assertThat(store.find(FOX).orElseThrow().weights().orElseThrow()).hasContent("old weights");
  }

  @Test
  void damagedBytesAreNotPutBackAndTheNameKeepsWhatItMeans() throws Exception {
    Anchors anchors = anchors();
    Digest _ = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    Digest fresh = publish(FOX, "new weights");
    for (String wrong : List.of("old weighst", "old weig")) {
      Path weights = blob(Digest.of("old weights".getBytes(StandardCharsets.UTF_8)));
      if (Files.exists(weights)) {
        Files.writeString(weights, wrong); // the link is the same file
      } else {
        Files.writeString(link(anchor, "old weights"), wrong);
      }
      cleanUp(anchor);
      assertThat(anchors.bringBack(anchor))
          .isEqualTo(
              new Undone.Not("a part of it was removed, and what was kept of that is damaged"));
      assertThat(meaning(FOX)).isEqualTo(fresh);
      assertThat(weights).doesNotExist();
    }
  }

  private Path link(Anchor anchor, String content) throws IOException {
    String name = "sha256-" + Digest.of(content.getBytes(StandardCharsets.UTF_8)).hex();
    try (Stream<Path> links = Files.walk(folder.resolve("models/.corral/anchors"))) {
      return links
          .filter(path -> path.endsWith(Path.of(anchor.id(), name)))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void whatDroppingAnAnchorGivesIsToldAsItIs() throws Exception {
    Anchors anchors = anchors();
    Digest _ = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    assertThat(anchors.kept().getFirst().aloneBytes()).as("the name still means it").hasValue(0);
    assertThat(anchors.couldFree("own", 1)).isFalse();
    Digest _ = publish(FOX, "new weights");
    long weights = "old weights".length();
    assertThat(anchors.kept().getFirst().aloneBytes()).as("not the config").hasValue(weights);
    assertThat(anchors.freesWith("own", FOX)).hasValue(weights + "new weights".length() + 2);
    cleanUp(anchor);
    assertThat(anchors.allFree()).as("its links hold the config too").isEqualTo(weights + 2);
    assertThat(anchors.drop(anchor)).hasValue(weights + 2);
  }

  @Test
  void twoAnchorsOfTheSameWeightsCountThemOnce() throws Exception {
    Anchors anchors = anchors();
    ModelName owl = ModelName.parse("owl:t").orElseThrow();
    for (ModelName name : List.of(FOX, owl)) {
      Digest _ = publish(name, "shared weights");
      Optional<Anchor> _ = anchors.keep("own", name);
      Digest _ = publish(name, "new");
    }
    assertThat(anchors.kept()).extracting(Kept::aloneBytes).containsOnly(OptionalLong.of(0));
    assertThat(anchors.allFree()).isEqualTo("shared weights".length());
    assertThat(anchors.dropOldest("own", 5)).as("the first alone gives nothing").isEqualTo(2);
  }

  @Test
  void whatAKillLeavesOfLinksIsRemovedAtTheNextStart() throws Exception {
    Anchors anchors = anchors();
    Digest _ = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    Path kept = link(anchor, "old weights");
    Path stray = Files.createDirectories(kept.resolveSibling("../0123-4567").normalize());
    Path _ = Files.createLink(stray.resolve(kept.getFileName()), kept);
    Path _ = Files.createLink(stray.resolve("making-" + kept.getFileName()), kept);
    Path others = Files.createDirectories(stray.resolve("../../other-own/8901-2345").normalize());
    Path _ = Files.createLink(others.resolve(kept.getFileName()), kept);
    anchors().tidy(List.of("own"));
    assertThat(stray).doesNotExist();
    assertThat(kept).as("the anchor's own stay").exists();
    assertThat(others).as("another Corral's too").exists();
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofDays(91)));
    Files.setLastModifiedTime(others.resolveSibling(""), longAgo);
    anchors.tidy(List.of("own"));
    assertThat(others).as("until it was not seen for months").doesNotExist();
  }

  /// Each step of making and of dropping may be the last: what there is then is known, and goes.
  @Test
  void afterAKillAtAnyMomentWhatIsKeptIsKnownAndGoesWithItsAnchor() throws Exception {
    Process victim =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Keeper.class.getName(),
                folder.resolve("killed").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = victim.inputReader()) {
      for (int i = 0; i < 3; i++) {
        assertThat(lines.readLine()).startsWith("kept");
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
    try (Keeper again = new Keeper(folder.resolve("killed"))) {
      again.anchors.tidy(List.of("own"));
      for (Anchor anchor : again.anchors.list()) {
        assertThat(again.anchors.drop(anchor)).isPresent();
      }
      try (Stream<Path> left = Files.walk(folder.resolve("killed"))) {
        assertThat(left.map(Path::toString).filter(path -> path.contains("anchors/")))
            .noneMatch(path -> path.contains("sha256-"));
      }
      assertThat(again.hidden()).isEmpty();
    }
  }

  /// Keeps and drops without end.
  static final class Keeper implements AutoCloseable {
    private final Database database;
    private final Store store;
    private final Path folder;
    final Anchors anchors;

    Keeper(Path folder) throws IOException, StoreFailure {
      this.folder = folder;
      Files.createDirectories(folder);
      Path file = folder.resolve("corral.db");
      database =
          ((Opening.Opened) Database.open(DatabaseSettings.defaults(), file, Schema.CORRAL))
              .database();
      store = Store.open(Folders.own(folder.resolve("models")), _ -> {});
      anchors =
          new Anchors(
              database,
              "here",
              _ -> Optional.of(new OwnSite(store)),
              () -> new Anchors.Bound(ChangeSettings.defaults(), 0),
              InstantSource.system());
    }

    List<Path> hidden() throws IOException {
      Path manifests = folder.resolve("models/manifests");
      try (Stream<Path> files = Files.walk(manifests)) {
        return files
            .filter(Files::isRegularFile)
            .filter(file -> manifests.relativize(file).toString().contains("anchor"))
            .toList();
      }
    }

    public static void main(String[] args) throws Exception {
      Keeper keeper = new Keeper(Path.of(args[0]));
      for (int i = 0; ; i++) {
        Layer config = keeper.store.put(Layer.CONFIG, "{}".getBytes(StandardCharsets.UTF_8));
        Layer weights = keeper.store.put(Layer.MODEL, ("w" + i).getBytes(StandardCharsets.UTF_8));
        StoredModel _ = keeper.store.publish(FOX, new Manifest(config, List.of(weights)).json());
        Anchor anchor = keeper.anchors.keep("own", FOX).orElseThrow();
        System.out.println("kept " + i);
        if (i % 2 == 0) {
          OptionalLong _ = keeper.anchors.drop(anchor);
        }
      }
    }

    @Override
    public void close() throws IOException {
      store.close();
      database.close();
    }
  }

  @Test
  void whatWasKeptBeforeThereWereLinksGetsThem() throws Exception {
    Anchors anchors = anchors();
    Digest _ = publish(FOX, "old weights");
    Anchor anchor = anchors.keep("own", FOX).orElseThrow();
    Path kept = link(anchor, "old weights").resolveSibling("");
    try (Stream<Path> links = Files.list(kept)) {
      for (Path link : links.toList()) {
        Files.delete(link);
      }
    }
    assertThat(anchors.kept()).extracting(Kept::holding).containsExactly(Kept.Holding.MANIFEST);
    anchors.tidy(List.of());
    assertThat(anchors.kept()).extracting(Kept::holding).containsExactly(Kept.Holding.LINKS);
  }

  @Test
  void aNodeThatDoesNotAnswerKeepsNobodyFromTheOtherAnchors() throws Exception {
    Anchors anchors = anchors();
    Digest _ = publish(FOX, "old weights");
    Anchor slow = anchors.keep("rig", ModelName.parse("markov-a").orElseThrow()).orElseThrow();
    node.inject(new Fault.Hang(), Where.path("/api/delete").once());
    Thread waits = Thread.ofVirtual().start(() -> anchors.drop(slow));
    Exchange _ = node.awaitExchange("/api/delete", Await.LONG);
    assertThat(anchors.keep("own", FOX)).isPresent();
    assertThat(anchors.bringBack(slow).back()).as("it is just being removed").isFalse();
    assertThat(waits.isAlive()).isTrue();
    node.crash();
    waits.join();
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
