package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.SmallDisk;
import dev.corral.testkit.Where;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store on a disk of 12 MiB, which only root may mount; skipped elsewhere.
class SmallDiskTest {
  private static final Content WEIGHTS = Content.random(6_000_000, 9);

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
    registry.play(new Mischief.Slow(500_000), Where.everywhere());
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
}
