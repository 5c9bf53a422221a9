package dev.corral.revision;

import dev.corral.model.Bytes;

/// The `change:` of `corral.yaml`, as far as it bounds what is kept.
///
/// @param keep most anchors in one store
/// @param keepBytes most bytes of them, `40GiB`, or a part of the store's disk, `20%`
public record ChangeSettings(int keep, String keepBytes) {
  private static final int WHOLE = 100;

  public static ChangeSettings defaults() {
    return new ChangeSettings(10, "20%");
  }

  public ChangeSettings {
    if (keep < 0) {
      throw new IllegalArgumentException("keep must not be below 0, it is " + keep);
    }
    long _ = bytes(keepBytes, WHOLE);
  }

  /// @param disk bytes of the whole disk; 0 where nobody knows, then a part of it bounds nothing
  long most(long disk) {
    return bytes(keepBytes, disk);
  }

  private static long bytes(String text, long disk) {
    String bare = text.strip();
    if (!bare.endsWith("%")) {
      return Bytes.parse(bare).count();
    }
    try {
      int percent = Integer.parseInt(bare.substring(0, bare.length() - 1).strip());
      if (percent >= 0 && percent <= WHOLE) {
        return disk == 0 ? Long.MAX_VALUE : disk / WHOLE * percent;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "keep-bytes is an amount (40GiB) or a part of the disk (20%), not '" + text + "'");
  }
}
