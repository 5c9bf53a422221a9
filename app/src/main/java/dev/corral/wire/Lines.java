package dev.corral.wire;

import java.util.Arrays;

/// Splits bytes into lines that end in LF, CR LF or CR, wherever the pieces end. A line that lies
/// in one piece is not copied.
final class Lines {
  private final int longest;
  private byte[] kept = new byte[0];
  private int keptLength;

  /// True where the last byte was a CR: an LF that follows belongs to it.
  private boolean afterReturn;

  private boolean tooLong;

  Lines(int longest) {
    this.longest = longest;
  }

  boolean feed(byte[] bytes, int from, int length, Frames to) {
    int end = from + length;
    int lineStart = from;
    for (int at = from; at < end && !tooLong; at++) {
      byte c = bytes[at];
      if (c == '\n' && afterReturn) {
        afterReturn = false;
        lineStart = at + 1;
      } else if (c == '\n' || c == '\r') {
        afterReturn = c == '\r';
        lineEnds(bytes, lineStart, at, to);
        lineStart = at + 1;
      } else {
        afterReturn = false;
      }
    }
    keep(bytes, lineStart, end);
    return !tooLong;
  }

  void finish(Frames to) {
    if (keptLength > 0 && !tooLong) {
      int length = keptLength;
      keptLength = 0;
      to.frame(kept, 0, length);
    }
  }

  private void lineEnds(byte[] bytes, int from, int end, Frames to) {
    if (keptLength == 0) {
      tooLong = end - from > longest;
      if (!tooLong) {
        to.frame(bytes, from, end - from);
      }
      return;
    }
    keep(bytes, from, end);
    int length = keptLength;
    keptLength = 0;
    if (!tooLong) {
      to.frame(kept, 0, length);
    }
  }

  private void keep(byte[] bytes, int from, int end) {
    int more = end - from;
    if (more <= 0 || tooLong) {
      return;
    }
    if (more > longest - keptLength) {
      tooLong = true;
      return;
    }
    if (keptLength + more > kept.length) {
      int wanted = Math.max(2 * kept.length, keptLength + more);
      kept = Arrays.copyOf(kept, Math.min(longest, wanted));
    }
    System.arraycopy(bytes, from, kept, keptLength, more);
    keptLength += more;
  }
}
