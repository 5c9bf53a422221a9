package dev.corral.metric;

import java.util.concurrent.atomic.LongAdder;

/// Counts values in fixed buckets. Any thread may add; reading is a look, not a cut: a value that
/// arrives meanwhile may be in one figure and not yet in the other.
final class Histogram {
  private final double[] shown;
  private final long[] bounds;
  private final LongAdder[] counts;
  private final LongAdder sum = new LongAdder();
  private final double unit;

  /// @param unit what one step of the values is in the unit that is shown: 1e-9 for nanoseconds
  /// @param bounds upper bounds in the unit that is shown, rising
  Histogram(double unit, double... bounds) {
    this.unit = unit;
    this.shown = bounds.clone();
    this.bounds = new long[bounds.length];
    this.counts = new LongAdder[bounds.length + 1];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
    for (int i = 0; i < bounds.length; i++) {
      this.bounds[i] = Math.round(bounds[i] / unit);
    }
  }

  void add(long value) {
    int bucket = 0;
    while (bucket < bounds.length && value > bounds[bucket]) {
      bucket++;
    }
    counts[bucket].increment();
    sum.add(value);
  }

  void render(Text text, String name) {
    long below = 0;
    for (int i = 0; i < bounds.length; i++) {
      below += counts[i].sum();
      text.sample(name + "_bucket", below, "le", Double.toString(shown[i]));
    }
    below += counts[bounds.length].sum();
    text.sample(name + "_bucket", below, "le", "+Inf");
    text.sample(name + "_sum", sum.sum() * unit);
    text.sample(name + "_count", below);
  }
}
