package dev.corral.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.testkit.Content;
import dev.corral.testkit.Mischief;
import dev.corral.testkit.RegistryDouble;
import dev.corral.testkit.RegistryDouble.ImageLayer;
import dev.corral.testkit.Where;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A pull whose program is killed again and again: it goes on, and ends with the right bytes.
class KilledPullTest {
  private static final Content WEIGHTS = Content.random(12_000_000, 3);
  private static final int KILLS = Integer.getInteger("corral.kills", 20);
  private static final long SEED = Long.getLong("corral.seed", System.nanoTime());

  @TempDir private Path folder;

  @Test
  void aPullThatIsKilledAtRandomMomentsEndsWithTheRightBytes() throws Exception {
    Random random = new Random(SEED);
    try (RegistryDouble registry = RegistryDouble.start()) {
      registry.publish("ns/m:t", Yard.CONFIG, new ImageLayer("model", WEIGHTS));
      // The last byte never comes: whoever looks late finds it at work all the same.
      registry.play(new Mischief.Held(WEIGHTS.size() - 1, 3_000_000), Where.everywhere());
      String name = "127.0.0.1:" + registry.port() + "/ns/m:t";
      for (int i = 1; i <= KILLS; i++) {
        long moment = WEIGHTS.size() * (i - 1) / KILLS + random.nextLong(WEIGHTS.size() / KILLS);
        killAt(Math.min(moment, WEIGHTS.size() - 2), registry.port(), name);
        try (Yard look = new Yard(folder, new String[0])) {
          look.pulls().all().forEach(pull -> look.pulls().cancel(pull.id()));
          assertThat(look.has(name)).as("nothing half is listed, seed %s", SEED).isFalse();
        }
      }
      registry.behave();
      registry.forgetExchanges();
      try (Yard yard = new Yard(folder, registry)) {
        Pull done = yard.pull(name);
        assertThat(done.state()).as("seed %s: %s", SEED, done).isEqualTo(PullState.DONE);
        assertThat(Files.readAllBytes(yard.model(name).weights().orElseThrow()))
            .isEqualTo(WEIGHTS.bytes());
        assertThat(yard.files(".corral/partial")).isEmpty();
        assertThat(registry.exchanges(RegistryDouble.blobPath("ns/m", WEIGHTS.digest())).size())
            .as("what came before the kills was kept")
            .isLessThan((int) (WEIGHTS.size() / Yard.QUICK.piece(WEIGHTS.size())));
      }
    }
  }

  private void killAt(long bytes, int port, String name) throws IOException, InterruptedException {
    Process process = KilledPull.start(folder, port, name);
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      while (line != null && line.matches("\\d+") && Long.parseLong(line) <= bytes) {
        line = out.readLine();
      }
      assertThat(line).as("it was at work when it was killed").matches("\\d+");
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }
}
