package dev.corral.fit;

import java.util.Locale;

/// Sizes as a reason says them.
final class Text {
  static final Locale ROOT = Locale.ROOT;
  private static final double GIB = 1L << 30;
  private static final double MIB = 1L << 20;

  private Text() {}

  static String bytes(long bytes) {
    return bytes >= GIB
        ? String.format(Locale.ROOT, "%.1f GiB", bytes / GIB)
        : String.format(Locale.ROOT, "%.0f MiB", bytes / MIB);
  }
}
