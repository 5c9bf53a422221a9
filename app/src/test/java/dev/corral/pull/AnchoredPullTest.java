package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.OllamaFolder;
import dev.corral.blobs.StoreFailure;
import dev.corral.blobs.StoredModel;
import dev.corral.model.Digest;
import dev.corral.ollama.Management;
import dev.corral.revision.Anchor;
import dev.corral.revision.Anchors;
import dev.corral.revision.Kept;
import dev.corral.revision.Undone;
import dev.corral.testkit.Content;
import dev.corral.testkit.Fault;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.PullPlan;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.TestModel;
import dev.corral.testkit.Where;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pulls of a tag that has changed at its registry: what it meant before is kept under an anchor,
/// wherever it is pulled to.
class AnchoredPullTest {
  private static final Content OLD = Content.random(100_000, 1);
  private static final Content NEW = Content.random(120_000, 2);

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final RegistryDouble registry = RegistryDouble.start();
  private final OllamaNode node = OllamaNode.start();
  private Yard yard;
  private Target target;
  private Management management;
  private OllamaFolder ollama;
  private Anchors anchors;
  private boolean mayWrite;
  private String old;

  @BeforeEach
  void open() throws IOException {
    Files.createDirectories(folder.resolve("ollama/blobs"));
    Files.createDirectories(folder.resolve("ollama/manifests"));
    yard = new Yard(folder, registry);
    target = Target.parse("rig", node.url().toString(), "");
    management = new Management(new Upstream(vertx), "instance-of-the-test");
    ollama = OllamaFolder.at(folder.resolve("ollama"));
    yard.pulls()
        .reach(
            new Nodes(
                management,
                _ -> Optional.of(new NodeSpot("rig", target, Optional.of(ollama), mayWrite)),
                Yard.PATIENT));
    anchors = yard.anchors(management, target);
    old = publish(OLD);
  }

  @AfterEach
  void close() {
    yard.close();
    node.close();
    registry.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /// @return the digest of the manifest, in hex
  private String publish(Content weights) {
    String digest = registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", weights));
    return digest.substring("sha256:".length());
  }

  private String model() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  private Pull onNode() {
    return yard.awaitEnd(yard.pulls().ask(Yard.name(model()), "rig", "test").id());
  }

  /// The node brings what the registry has at that time.
  private static PullPlan brings(String manifest, Content weights) {
    return PullPlan.brings(TestModel.says("m", manifest).ofSize(weights.size()))
        .of(manifest, weights.digest().substring("sha256:".length()));
  }

  private Anchor only() {
    assertThat(anchors.list()).hasSize(1);
    return anchors.list().getFirst();
  }

  @Test
  void inOurOwnStoreTheOldOneIsKeptHiddenAndComesBackWithoutANetwork() throws StoreFailure {
    assertThat(yard.pull(model()).state()).isEqualTo(PullState.DONE);
    assertThat(anchors.list()).as("there was nothing before").isEmpty();
    String fresh = publish(NEW);
    assertThat(yard.pull(model()).state()).isEqualTo(PullState.DONE);

    assertThat(only().target()).isEqualTo(Pulls.OWN);
    assertThat(only().digest().hex()).isEqualTo(old);
    assertThat(yard.store().list())
        .as("no listing has the anchor")
        .extracting(StoredModel::digest)
        .containsExactly(new Digest(fresh));
    registry.crash();
    assertThat(anchors.bringBack(only()).back()).isTrue();
    assertThat(yard.model(model()).digest().hex()).isEqualTo(old);
    assertThat(yard.model(model()).weights().orElseThrow()).hasBinaryContent(OLD.bytes());
  }

  @Test
  void whatHasNotChangedLeavesNoAnchor() {
    node.onPull(model(), brings(old, OLD));
    for (int i = 0; i < 2; i++) {
      assertThat(yard.pull(model()).state()).isEqualTo(PullState.DONE);
      assertThat(onNode().state()).isEqualTo(PullState.DONE);
    }
    assertThat(anchors.list()).isEmpty();
    assertThat(node.exchanges("/api/copy")).isEmpty();
  }

  @Test
  void onANodeTheOldOneIsKeptThere() {
    node.onPull(model(), brings(old, OLD));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    node.onPull(model(), brings(publish(NEW), NEW));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);

    assertThat(only().target()).isEqualTo("rig");
    assertThat(only().digest().hex()).isEqualTo(old);
    assertThat(node.model(only().hidden().shortName())).map(TestModel::sentence).contains(old);
    assertThat(anchors.bringBack(only()).back()).isTrue();
    assertThat(node.model(model())).map(TestModel::sentence).contains(old);
  }

  @Test
  void aPullThatFailsLeavesTheNameAsItWasAndNoAnchor() {
    node.onPull(model(), brings(old, OLD));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    node.onPull(model(), brings(publish(NEW), NEW).failing("this will never do"));
    assertThat(onNode().state()).isEqualTo(PullState.FAILED);
    assertThat(node.model(model())).map(TestModel::sentence).contains(old);
    assertThat(anchors.list()).isEmpty();
  }

  @Test
  void inANodesFolderThatWeWriteTheOldOneIsKeptAtThatNode() {
    node.onPull(model(), brings(old, OLD));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    String fresh = publish(NEW);
    mayWrite = true;
    assertThat(onNode().state()).isEqualTo(PullState.DONE);

    assertThat(folder.resolve("ollama/blobs/" + NEW.digest().replace(':', '-')))
        .as("fetched by us: %s", fresh)
        .hasBinaryContent(NEW.bytes());
    assertThat(only().target()).as("and not in our own store").isEqualTo("rig");
    assertThat(only().digest().hex()).isEqualTo(old);
    assertThat(node.modelNames()).contains(only().hidden().shortName());
  }

  @Test
  void whatIsRemovedFromANodesFolderThatWeWriteIsPutBackFromItsLinks() throws IOException {
    anchors = yard.anchors(management, target, Optional.of(ollama));
    node.onPull(model(), brings(old, OLD));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    mayWrite = true;
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    String _ = publish(NEW);
    assertThat(onNode().state()).isEqualTo(PullState.DONE);

    Path blob = folder.resolve("ollama/blobs/" + OLD.digest().replace(':', '-'));
    assertThat(blob).as("that Ollama's folder has no manifest of it any more").doesNotExist();
    assertThat(anchors.kept())
        .singleElement()
        .satisfies(kept -> {
          assertThat(kept.holding()).isEqualTo(Kept.Holding.LINKS);
          assertThat(kept.aloneBytes()).hasValue(OLD.size());
        });
    assertThat(anchors.bringBack(only())).isEqualTo(new Undone.Back());
    assertThat(blob).hasBinaryContent(OLD.bytes());
    assertThat(Files.getLastModifiedTime(blob).toInstant())
        .as("an Ollama that tidies leaves what is fresh")
        .isAfter(Instant.now().minus(Duration.ofMinutes(30)));
    assertThat(node.model(model())).map(TestModel::sentence).contains(old);
  }

  @Test
  void whatAnAnchorHoldsIsNotFetchedAgain() throws IOException {
    assertThat(yard.pull(model()).state()).isEqualTo(PullState.DONE);
    String _ = publish(NEW);
    assertThat(yard.pull(model()).state()).isEqualTo(PullState.DONE);
    Files.delete(folder.resolve("models/blobs/" + OLD.digest().replace(':', '-')));
    String _ = publish(OLD);
    registry.forgetExchanges();
    assertThat(yard.pull(model()).state()).isEqualTo(PullState.DONE);
    assertThat(yard.model(model()).weights().orElseThrow()).hasBinaryContent(OLD.bytes());
    assertThat(registry.exchanges("/v2/ns/m/blobs/" + OLD.digest())).isEmpty();
  }

  @Test
  void aNodeWhoseDiskIsFullLosesItsAnchorsFirst() {
    node.onPull(model(), brings(old, OLD));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    PullPlan next = brings(publish(NEW), NEW);
    node.onPull(model(), next.failing("write /srv/x: no space left on device"), next);
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    assertThat(anchors.list()).isEmpty();
    assertThat(node.modelNames()).noneMatch(name -> name.contains("anchor"));
  }

  @Test
  void whereNoAnchorCanBeRemovedAFullDiskIsSaidAndNotTriedForEver() {
    node.onPull(model(), brings(old, OLD));
    assertThat(onNode().state()).isEqualTo(PullState.DONE);
    node.onPull(model(), brings(publish(NEW), NEW).failing("x: no space left on device"));
    node.inject(new Fault.Status(500, "permission denied"), Where.path("/api/delete"));
    node.forgetExchanges();
    Pull failed = onNode();
    assertThat(failed.state()).isEqualTo(PullState.FAILED);
    assertThat(failed.problem().text()).isEqualTo("the disk of the node 'rig' is full");
    assertThat(node.exchanges("/api/pull")).hasSize(1);
    assertThat(only().digest().hex()).as("it is still known").isEqualTo(old);
  }
}
