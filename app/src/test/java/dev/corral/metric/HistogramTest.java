package dev.corral.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HistogramTest {
  @Test
  void aValueOnABoundBelongsBelowItAndEachBucketCountsThoseBefore() {
    Histogram histogram = new Histogram(0.001, 0.01, 0.02);
    for (long millis : new long[] {9, 10, 11, 20, 21}) {
      histogram.add(millis);
    }
    Text text = new Text();
    histogram.render(text, "x");
    assertThat(text.toString().lines())
        .contains(
            "x_bucket{le=\"0.01\"} 2",
            "x_bucket{le=\"0.02\"} 4",
            "x_bucket{le=\"+Inf\"} 5",
            "x_count 5");
  }
}
