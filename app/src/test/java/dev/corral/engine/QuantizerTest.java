package dev.corral.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.corral.EngineFiles;
import dev.corral.blobs.Shop;
import dev.corral.engine.Quantizer.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ends of the process that makes weights smaller which are none of the weights' fault, and ends
/// that are.
@Tag("slow")
class QuantizerTest {
  private static final Path FULL = Path.of("/dev/full");

  @TempDir private Path folder;
  private Path weights;

  @BeforeEach
  void aModel() throws IOException {
    assumeTrue(EngineFiles.natives().isPresent(), EngineFiles.HOW);
    weights = Files.write(folder.resolve("weights"), Shop.tiny("markov-a"));
  }

  private String whyNot(Path from, Path to, Consumer<Runnable> stoppable)
      throws InterruptedException {
    Installation real = Installation.ofThisProcess(folder.resolve("work"), System.getenv());
    Installation installation =
        new Installation(
            real.java(),
            real.ownClassPath(),
            real.ownClassPath(),
            real.runnerMain(),
            EngineFiles.natives(),
            real.classCache(),
            real.work(),
            real.environment());
    Outcome outcome = new Quantizer(installation).run(from, to, "Q8_0", _ -> {}, stoppable);
    assertThat(folder.resolve("work")).isEmptyDirectory();
    return ((Outcome.Failed) outcome).why();
  }

  @Test
  void whereAFileLiesIsNotToldWhenItIsRefused() throws Exception {
    Path junk = Files.writeString(folder.resolve("junk"), "no weights at all");
    assertThat(whyNot(junk, folder.resolve("new"), _ -> {}))
        .contains("the file")
        .doesNotContain(folder.toString());
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  void aDiskThatIsFullIsToldInWordsAndTheHalfOfTheFileIsRemoved() throws Exception {
    assumeTrue(Files.exists(FULL), "a system without a disk that is always full");
    Path to = Files.createSymbolicLink(folder.resolve("new"), FULL);
    assertThat(whyNot(weights, to, _ -> {})).contains("disk", "full", "could not be written");
    assertThat(Files.exists(to, LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void whoeverStopsItFindsItEnded() throws Exception {
    assertThat(whyNot(weights, folder.resolve("new"), Runnable::run)).isEqualTo("it was stopped");
  }
}
