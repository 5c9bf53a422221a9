package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.blobs.Store;
import dev.corral.ollama.Management;
import dev.corral.revision.Anchors;
import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.SmallDisk;
import dev.corral.testkit.Where;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store on a disk of 12 MiB, which only root may mount; skipped elsewhere.
class SmallDiskTest {
  private static final Content WEIGHTS = Content.random(6_000_000, 9);

  private static final Content SMALLER = Content.random(4_500_000, 4);

  private static final Content LARGE = Content.random(8_500_000, 3);

  @TempDir private Path folder;
  private final RegistryDouble registry = RegistryDouble.start();
  private Path models;
  private @Nullable SmallDisk disk;

  @BeforeEach
  void mount() throws Exception {
    models = Files.createDirectory(folder.resolve("models"));
    disk = SmallDisk.over(models, 12 << 20).orElse(null);
    assumeTrue(disk != null, SmallDisk.NONE);
    registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
  }

  @AfterEach
  void unmount() {
    registry.close();
    if (disk != null) {
      disk.close();
    }
  }

  private String name() {
    return "127.0.0.1:" + registry.port() + "/ns/m:t";
  }

  @Test
  void aDiskThatFillsOnTheWayPausesThePullWhichGoesOnWhenThereIsRoom() throws Exception {
    registry.play(Mischief.heldFrom(1_000_000), Where.everywhere());
    try (Yard yard = new Yard(folder, registry)) {
      Pull job = yard.ask(name());
      yard.await(job.id(), pull -> pull.bytesDone() > 500_000);
      Path other = Objects.requireNonNull(disk).fill("somebody-elses");
      registry.behave();

      Pull paused = yard.await(job.id(), pull -> pull.state() == PullState.PAUSED);
      assertThat(paused.problem().text()).contains("no space left").contains("still to come");
      assertThat(yard.has(name())).isFalse();

      Files.delete(other);
      Pull done = yard.awaitEnd(job.id());
      assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
      assertThat(Files.readAllBytes(yard.model(name()).weights().orElseThrow()))
          .isEqualTo(WEIGHTS.bytes());
    }
  }

  @Test
  void aStoreThatTakesNothingIsSaidWithoutItsPathAndNothingIsListed() throws Exception {
    try (Yard yard = new Yard(folder, registry)) {
      Path partials = models.resolve(".corral/partial");
      Files.delete(partials);
      Files.createFile(partials);
      Pull failed = yard.pull(name());
      assertThat(failed.state()).isEqualTo(PullState.FAILED);
      assertThat(failed.problem().text())
          .contains("the model store could not")
          .doesNotContain(folder.toString());
      assertThat(yard.has(name())).isFalse();
      Files.delete(partials);
      Files.createDirectory(partials);
      assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    }
  }

  @Test
  void whatLiesInTheTrashIsRoomForAPullThatWaits() throws Exception {
    try (Yard yard = new Yard(folder, registry)) {
      assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
      Store store = yard.store();
      store.trash().keep(Duration.ofDays(1));
      assertThat(store.trash().take(Yard.name(name()))).isTrue();
      Starter.Own own =
          new Starter.Own(
              store,
              () -> {
                throw new AssertionError("nothing is fetched");
              });
      assertThat(own.hasRoom(20_000_000)).isFalse();
      assertThat(store.trash().items()).as("it would not be enough").hasSize(1);
      assertThat(own.hasRoom(LARGE.size())).isTrue();
      assertThat(store.trash().items()).isEmpty();
    }
  }

  @Test
  void aPullThatNeedsRoomTakesAsManyAnchorsAsItTakes() {
    try (Yard yard = new Yard(folder, registry);
        OllamaNode none = OllamaNode.start()) {
      Vertx vertx = Vertx.vertx();
      Target nobody = Target.parse("rig", none.url().toString(), "");
      Anchors anchors = yard.anchors(new Management(new Upstream(vertx), "test"), nobody);
      ImageLayer weights = new ImageLayer("model", Content.random(4_000_000, 1));
      publishAndPull(yard, weights);
      publishAndPull(yard, weights, new ImageLayer("template", Content.of("{{ .Prompt }}")));
      publishAndPull(yard, new ImageLayer("model", Content.random(1_000_000, 2)));
      assertThat(anchors.list()).hasSize(2);

      // The oldest shares its weights with the next: only both together make room.
      registry.publish("ns/other:t", Yard.CONFIG, new ImageLayer("model", LARGE));
      Pull done = yard.pull(name().replace("/m:", "/other:"));
      assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
      assertThat(anchors.list()).isEmpty();
      assertThat(yard.has(name())).as("what the name means now stays").isTrue();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void aDiskThatFillsOnTheWayTakesTheAnchorsAndThePullGoesOn() throws Exception {
    try (Yard yard = new Yard(folder, registry);
        OllamaNode none = OllamaNode.start()) {
      Vertx vertx = Vertx.vertx();
      Target nobody = Target.parse("rig", none.url().toString(), "");
      Anchors anchors = yard.anchors(new Management(new Upstream(vertx), "test"), nobody);
      publishAndPull(yard, new ImageLayer("model", Content.random(5_900_000, 1)));
      publishAndPull(yard, new ImageLayer("model", Content.random(300_000, 2)));
      assertThat(anchors.list()).hasSize(1);

      registry.publish("ns/other:t", Yard.CONFIG, new ImageLayer("model", SMALLER));
      registry.play(Mischief.heldFrom(600_000), Where.everywhere());
      Pull job = yard.pulls().ask(Yard.name(name().replace("/m:", "/other:")), "test");
      yard.await(job.id(), pull -> pull.bytesDone() > 300_000);
      assertThat(anchors.list()).as("there was room when it began").hasSize(1);
      Path other = Objects.requireNonNull(disk).fill("somebody-elses");
      registry.behave();
      Pull done = yard.awaitEnd(job.id());
      assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
      assertThat(anchors.list()).isEmpty();
      assertThat(other).exists();
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void aDiskThatTakesNoFurtherFileIsSaidAndNothingIsListed() throws Exception {
    Objects.requireNonNull(disk).close();
    disk = SmallDisk.over(models, 12 << 20, 40).orElse(null);
    try (Yard yard = new Yard(folder, registry)) {
      List<Path> others = new ArrayList<>();
      try {
        while (true) {
          others.add(Files.createFile(models.resolve("other" + others.size())));
        }
      } catch (FileSystemException full) {
        assertThat(full).hasMessageContaining("No space left");
      }
      Pull failed = yard.pull(name());
      assertThat(failed.state()).isEqualTo(PullState.FAILED);
      assertThat(failed.problem().text()).contains("no space left").doesNotContain("/models");
      assertThat(yard.has(name())).isFalse();
      for (Path other : others) {
        Files.delete(other);
      }
      assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    }
  }

  @Test
  void aDiskThatIsReadOnlyIsSaidWithoutItsPathAndNothingIsListed() throws Exception {
    try (Yard yard = new Yard(folder, registry)) {
      assumeTrue(Objects.requireNonNull(disk).readOnly(true), "a disk becomes read-only here");
      Pull failed = yard.pull(name());
      assertThat(failed.state()).isEqualTo(PullState.FAILED);
      assertThat(failed.problem().text())
          .contains("the model store could not")
          .doesNotContain(folder.toString());
      assertThat(yard.has(name())).isFalse();
      assertThat(disk.readOnly(false)).isTrue();
      assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
    }
  }

  private void publishAndPull(Yard yard, ImageLayer... layers) {
    registry.publish("ns/m:t", Yard.CONFIG, layers);
    assertThat(yard.pull(name()).state()).isEqualTo(PullState.DONE);
  }
}
