package dev.corral.bench;

import java.util.Arrays;

/// Nanoseconds, collected and asked for their middle and their end.
final class Values {
  private long[] values = new long[1024];
  private int count;

  synchronized void add(long value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  int count() {
    return count;
  }

  /// @param share 0.5 for the median
  /// @return milliseconds; not a number without values
  double millis(double share) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, Math.round(share * (count - 1)))] / 1e6;
  }
}
