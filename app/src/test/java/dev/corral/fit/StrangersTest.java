package dev.corral.fit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.fit.Corpus.Row;
import dev.corral.gguf.Gguf;
import dev.corral.gguf.GgufValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Every network of the corpus under a name that nobody knows: what the engine would really take is
/// known, and the verdict must not count on less.
class StrangersTest {
  /// What a verdict adds to an estimate that is not exact.
  private static final double DOUBT = 1.15;

  @Test
  void aStrangerIsNeverPerfectWhereTheEngineWouldLeaveNoHeadroom() throws IOException {
    Map<String, Gguf> strangers = new HashMap<>();
    List<String> short_ = new ArrayList<>();
    for (Row row : Corpus.read().rows) {
      String placement = row.cells().get("placement");
      if (!row.status().equals("ok") || !List.of("gpu", "cpu").contains(placement)) {
        continue;
      }
      Gguf stranger = strangers.computeIfAbsent(row.file(), _ -> renamed(row.gguf()));
      Shape shape = ShapeReader.read(stranger).orElseThrow();
      assertThat(shape.known()).isFalse();
      Estimate estimate = Estimate.of(stranger, shape, row.settings(), List.of(0.5, 1.0));
      boolean gpu = placement.equals("gpu");
      double counted = DOUBT * (gpu ? estimate.devices().getFirst() : estimate.host());
      double real = row.measured(gpu ? "total_gpu0" : "total_host");
      if (counted < real) {
        short_.add(String.format("%.1f %% of what %s takes", 100 * counted / real, row));
      }
    }
    assertThat(short_).isEmpty();
  }

  private static Gguf renamed(Gguf gguf) {
    String name = gguf.architecture().orElseThrow();
    Map<String, GgufValue> metadata = new LinkedHashMap<>();
    gguf.metadata()
        .forEach((key, value) ->
            metadata.put(
                key.startsWith(name + ".") ? "quokka" + key.substring(name.length()) : key, value));
    metadata.put(Gguf.ARCHITECTURE, new GgufValue.Text("quokka"));
    return new Gguf(
        gguf.version(),
        gguf.alignment(),
        metadata,
        gguf.tensors(),
        gguf.tensorCount(),
        gguf.dataStart(),
        gguf.length(),
        gguf.complete());
  }
}
