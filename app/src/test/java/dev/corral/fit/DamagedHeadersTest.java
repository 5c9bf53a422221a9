package dev.corral.fit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.gguf.ByteSource;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufReader;
import dev.corral.gguf.ReadSettings;
import dev.corral.gguf.Reading;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A header that somebody damaged or forged is refused or judged, and nothing else happens.
class DamagedHeadersTest {
  private static final int TRIALS = 150;

  @Test
  void bytesChangedAtRandomNeverBreakTheArithmetic() throws IOException {
    int judged = 0;
    for (String name :
        List.of("qwen3-30b-a3b.Q4_K_M", "gemma-3n-e4b.Q4_K_M", "jamba-v0.1.Q4_K_M", "bge-m3.F16")) {
      byte[] whole = Corpus.bytes("headers/" + name + ".gguf-header.gz");
      Random random = new Random(7);
      for (int i = 0; i < TRIALS; i++) {
        byte[] header = whole.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
          // keys lie in front: that is where a change does not merely break the table of tensors
          header[random.nextInt(Math.min(header.length, 2000))] = (byte) random.nextInt(256);
        }
        if (GgufReader.read(ByteSource.of(header), ReadSettings.forFit())
            instanceof Reading.Exact(Gguf gguf)) {
          check(gguf, name + " " + i);
          judged++;
        }
      }
    }
    assertThat(judged).isGreaterThan(TRIALS);
  }

  private static void check(Gguf gguf, String what) {
    for (Placement placement :
        List.of(new Placement.Auto(), new Placement.GpuTwo(), new Placement.GpuHalf())) {
      FitSettings settings = FitSettings.of(8192).withPlacement(placement);
      Fit fit = Fit.of("m", gguf, settings, Hardware.cards(2, 24L << 30));
      assertThat(fit.hostBytes()).as(what).isNotNegative();
      assertThat(fit.missingBytes()).as(what).isNotNegative();
      assertThat(fit.deviceBytes()).as(what).allMatch(bytes -> bytes >= 0);
      assertThat(fit.kv().devices()).as(what).allMatch(bytes -> bytes >= 0);
      assertThat(fit.compute().devices()).as(what).allMatch(bytes -> bytes >= 0);
    }
  }
}
