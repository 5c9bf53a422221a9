package dev.corral.fit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.fit.Corpus.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Networks that are not in the corpus: other architectures, depths, widths and types, odd contexts
/// and steps. The engine was asked what each would take, and this arithmetic must say the same.
class ShapesOfOurOwnTest {
  private static final long EXACT = (1L << 20) / 10;
  private static final List<String> PLACES = List.of("host", "gpu0", "gpu1");

  private static List<Row> rows;

  @BeforeAll
  static void read() throws IOException {
    rows = Corpus.read("own/").rows;
  }

  private static List<Row> allowed() {
    return rows.stream().filter(row -> row.status().equals("ok")).toList();
  }

  @Test
  void weightsAndCacheAreExact() {
    for (Row row : allowed()) {
      Estimate estimate = row.estimate();
      for (int i = 0; i < estimate.weights().size(); i++) {
        String place = PLACES.get(i);
        assertThat(estimate.weights().get(i) - row.measured("weights_" + place))
            .as("weights on " + place + " of " + row)
            .isBetween(-EXACT, EXACT);
        assertThat(estimate.cache().get(i) - row.measured("kv_" + place))
            .as("cache on " + place + " of " + row)
            .isBetween(-EXACT, EXACT);
      }
    }
  }

  @Test
  void aDecoderIsPredictedWithinTwoPercent() {
    assertThat(outside("gpu", false, -1.5, 2)).isEmpty();
    assertThat(outside("cpu", false, -2.5, 3.5)).isEmpty();
  }

  @Test
  void anEncoderIsPredictedWithinFivePercent() {
    assertThat(outside("gpu", true, -5, 5)).isEmpty();
    assertThat(outside("cpu", true, -5, 5)).isEmpty();
  }

  @Test
  void whatTheEngineRefusesIsPredictedAsRefused() {
    for (Row row : rows) {
      assertThat(Refusal.of(row.gguf(), row.shape(), row.settings()).isPresent())
          .as(row.status() + " " + row)
          .isEqualTo(!row.status().equals("ok"));
    }
  }

  /// Rows whose total of the device, or of the host where there is none, is off by more.
  private static List<String> outside(
      String placement, boolean encoder, double least, double most) {
    List<String> outside = new ArrayList<>();
    for (Row row : allowed()) {
      if (!row.cells().get("placement").equals(placement) || row.encoder() != encoder) {
        continue;
      }
      Estimate estimate = row.estimate();
      int at = placement.equals("cpu") ? 0 : 1;
      double real = 0;
      for (String part : List.of("weights_", "kv_", "compute_")) {
        real += row.measured(part + PLACES.get(at));
      }
      long ours =
          estimate.weights().get(at) + estimate.cache().get(at) + estimate.compute().get(at);
      double error = 100 * (ours - real) / real;
      if (error < least || error > most) {
        outside.add(String.format(Locale.ROOT, "%+.2f %% %s", error, row));
      }
    }
    return outside;
  }
}
