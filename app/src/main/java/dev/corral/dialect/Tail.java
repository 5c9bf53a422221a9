package dev.corral.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;

/// The last bytes of a stream, in a ring that grows with need. Each byte is copied once.
final class Tail {
  private static final int FIRST = 512;

  private final int most;
  private byte[] ring = new byte[FIRST];

  /// Bytes ever appended; the ring holds the last of them.
  private long length;

  Tail(int most) {
    this.most = most;
  }

  void append(byte[] bytes, int from, int count) {
    grow(count);
    int skipped = Math.max(0, count - ring.length);
    length += skipped;
    int left = count - skipped;
    int at = (int) (length % ring.length);
    int first = Math.min(left, ring.length - at);
    System.arraycopy(bytes, from + skipped, ring, at, first);
    System.arraycopy(bytes, from + skipped + first, ring, 0, left - first);
    length += left;
  }

  /// Makes room while the ring is still smaller than it may become; until then it has not wrapped.
  private void grow(int count) {
    if (ring.length == most || length + count <= ring.length) {
      return;
    }
    long wanted = Math.max(2L * ring.length, length + count);
    ring = Arrays.copyOf(ring, (int) Math.min(most, wanted));
  }

  /// True where nothing was lost.
  boolean whole() {
    return length <= ring.length;
  }

  /// What is kept, one character for each byte.
  String text() {
    if (whole()) {
      return new String(ring, 0, (int) length, ISO_8859_1);
    }
    int at = (int) (length % ring.length);
    return new String(ring, at, ring.length - at, ISO_8859_1) + new String(ring, 0, at, ISO_8859_1);
  }
}
