package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.blobs.OllamaFolder;
import dev.corral.ollama.Management;
import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.OllamaNode;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import dev.corral.upstream.Target;
import dev.corral.upstream.Upstream;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pulls for an Ollama of this machine whose folder we may write (`store.ollama: write`).
class FolderPullTest {
  private static final Content WEIGHTS = Content.random(1_000_000, 7);

  @TempDir private Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final Upstream upstream = new Upstream(vertx);
  private final RegistryDouble registry = RegistryDouble.start();
  private final OllamaNode node = OllamaNode.start();
  private Path ollama;
  private Yard yard;

  @BeforeEach
  void open() throws IOException {
    ollama = Files.createDirectory(folder.resolve("ollama"));
    Files.createDirectory(ollama.resolve("blobs"));
    Files.createDirectory(ollama.resolve("manifests"));
    yard = new Yard(folder, registry);
    registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
    reach();
  }

  private void reach() {
    Target target = Target.parse("rig", node.url().toString(), "");
    Optional<OllamaFolder> store = Optional.of(OllamaFolder.at(ollama));
    yard.pulls()
        .reach(
            new Nodes(
                new Management(upstream, "instance-of-the-test"),
                _ -> Optional.of(new NodeSpot("rig", target, store, true)),
                Yard.PATIENT));
  }

  @AfterEach
  void close() {
    yard.close();
    node.close();
    registry.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private Pull ask() {
    String name = "127.0.0.1:" + registry.port() + "/ns/m:t";
    return yard.pulls().ask(Yard.name(name), "rig", "test");
  }

  private Path weights() {
    return ollama.resolve("blobs").resolve(WEIGHTS.digest().replace(':', '-'));
  }

  private Path manifest() {
    return ollama.resolve("manifests/127.0.0.1:" + registry.port() + "/ns/m/t");
  }

  @Test
  void whatWePutThereIsTheOllamasAndFreshAndTheOllamaWasNotAsked() throws Exception {
    for (String below : new String[] {"", "blobs", "manifests"}) {
      Files.setPosixFilePermissions(
          ollama.resolve(below), PosixFilePermissions.fromString("rwxr-x---"));
    }
    UserPrincipal owner = handedOver();
    Instant begun = Instant.now().minusSeconds(2);

    Pull done = yard.awaitEnd(ask().id());

    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(weights())).isEqualTo(WEIGHTS.bytes());
    assertThat(Files.readAllBytes(manifest())).isEqualTo(registry.manifest("ns/m:t").bytes());
    for (Path file : new Path[] {weights(), manifest()}) {
      PosixFileAttributes is = Files.readAttributes(file, PosixFileAttributes.class);
      assertThat(PosixFilePermissions.toString(is.permissions())).isEqualTo("rw-r-----");
      assertThat(is.owner()).isEqualTo(owner);
      assertThat(is.lastModifiedTime().toInstant()).isAfter(begun);
    }
    Path made = manifest().getParent();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwxr-x---");
    assertThat(node.exchanges("/api/pull")).isEmpty();
  }

  /// To another user, where we are root; else it stays ours.
  private UserPrincipal handedOver() throws IOException {
    if (System.getProperty("user.name", "").equals("root")) {
      UserPrincipal nobody =
          ollama.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
      for (String below : new String[] {"", "blobs", "manifests"}) {
        Files.setOwner(ollama.resolve(below), nobody);
      }
    }
    return Files.getOwner(ollama);
  }

  @Test
  void nothingIsSeenThereBeforeItIsWholeAndARestartGoesOn() throws Exception {
    registry.play(Mischief.heldFrom(400_000), Where.everywhere());
    Pull job = ask();
    yard.await(job.id(), pull -> pull.bytesDone() > 300_000);
    assertThat(manifest()).doesNotExist();
    assertThat(weights()).doesNotExist();
    yard.stop();
    registry.behave();
    registry.forgetExchanges();
    yard.start(Optional.empty());
    reach();
    assertThat(yard.awaitEnd(job.id()).state()).isEqualTo(PullState.DONE);
    assertThat(Yard.bytesAsked(registry, RegistryDouble.blobPath("ns/m", WEIGHTS.digest())))
        .isLessThan(WEIGHTS.size());
    assertThat(Files.readAllBytes(weights())).isEqualTo(WEIGHTS.bytes());
  }

  @Test
  void bytesOfThatNameThatLayThereAreNotBelieved() throws Exception {
    byte[] damaged = WEIGHTS.bytes();
    damaged[77] ^= 1;
    Files.write(weights(), damaged);
    assertThat(yard.awaitEnd(ask().id()).state()).isEqualTo(PullState.DONE);
    assertThat(Files.readAllBytes(weights())).isEqualTo(WEIGHTS.bytes());
  }

  @Test
  void whatTheOllamaTidiesAwayMeanwhileIsFetchedAgain() throws Exception {
    registry.publish(
        "ns/m:t",
        Yard.CONFIG,
        new ImageLayer("template", Content.of("{{ .Prompt }}")),
        new ImageLayer("model", WEIGHTS));
    registry.play(
        Mischief.heldFrom(200_000), Where.path(RegistryDouble.blobPath("ns/m", WEIGHTS.digest())));
    Pull job = ask();
    yard.await(job.id(), pull -> pull.bytesDone() > 100_000);
    String digest = Content.of("{{ .Prompt }}").digest();
    Path template = ollama.resolve("blobs").resolve(digest.replace(':', '-'));
    Files.delete(template);
    registry.behave();
    Pull done = yard.awaitEnd(job.id());
    assertThat(done.state()).as(done.toString()).isEqualTo(PullState.DONE);
    assertThat(template).hasContent("{{ .Prompt }}");
    assertThat(registry.exchanges(RegistryDouble.blobPath("ns/m", digest)))
        .as("fetched, and fetched again")
        .hasSize(2);
    assertThat(Files.readAllBytes(weights())).isEqualTo(WEIGHTS.bytes());
    assertThat(manifest()).exists();
  }
}
