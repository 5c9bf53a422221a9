package dev.corral.dialect;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The decoded text of one JSON string, collected while its bytes pass. Used again for each string.
final class JsonText {
  /// No name is longer; what comes after it is not kept.
  private static final int MOST = 64 * 1024;

  private static final int REPLACEMENT = 0xFFFD;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private byte[] bytes = new byte[48];
  private int length;

  /// A first half of a surrogate pair that waits for its second; 0 for none.
  private int high;

  /// Goes over the plain bytes of a string, eight at a time.
  ///
  /// @return the place of the next quote, backslash or control character, or `end`
  static int plainUntil(byte[] bytes, int from, int end) {
    int at = from;
    while (at + Long.BYTES <= end) {
      long found = special((long) LONGS.get(bytes, at));
      if (found != 0) {
        return at + (Long.numberOfTrailingZeros(found) >> 3);
      }
      at += Long.BYTES;
    }
    while (at < end && bytes[at] != '"' && bytes[at] != '\\' && (bytes[at] & 0xE0) != 0) {
      at++;
    }
    return at;
  }

  /// Marks those of eight bytes that are a quote, a backslash or below 0x20, by the top bit of each
  /// (the usual trick: a byte that borrows when it is counted down). The lowest mark is right;
  /// higher ones may be echoes of it.
  private static long special(long eight) {
    long ones = 0x0101010101010101L;
    long tops = 0x8080808080808080L;
    long quote = eight ^ (ones * '"');
    long backslash = eight ^ (ones * '\\');
    long found =
        ((quote - ones) & ~quote)
            | ((backslash - ones) & ~backslash)
            | ((eight - ones * 0x20) & ~eight);
    return found & tops;
  }

  /// True for what may follow a backslash and stands for itself or one control character.
  static boolean simpleEscape(byte c) {
    return switch (c) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> true;
      default -> false;
    };
  }

  void clear() {
    length = 0;
    high = 0;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  void append(byte[] from, int at, int end) {
    settle();
    int wanted = Math.min(end - at, MOST - length);
    if (wanted > 0) {
      room(wanted);
      System.arraycopy(from, at, bytes, length, wanted);
      length += wanted;
    }
  }

  /// One UTF-16 unit, as `\\u` tells it. As in Go, half a pair becomes U+FFFD.
  void append(int unit) {
    if (high != 0 && unit >= 0xDC00 && unit <= 0xDFFF) {
      int whole = Character.toCodePoint((char) high, (char) unit);
      high = 0;
      encode(whole);
      return;
    }
    settle();
    if (unit >= 0xD800 && unit <= 0xDBFF) {
      high = unit;
    } else {
      encode(unit >= 0xDC00 && unit <= 0xDFFF ? REPLACEMENT : unit);
    }
  }

  /// The end of the string.
  void settle() {
    if (high != 0) {
      high = 0;
      encode(REPLACEMENT);
    }
  }

  private void encode(int point) {
    if (length + 4 > MOST) {
      return;
    }
    room(4);
    if (point < 0x80) {
      bytes[length++] = (byte) point;
    } else if (point < 0x800) {
      bytes[length++] = (byte) (0xC0 | (point >> 6));
      tail(point, 0);
    } else if (point < 0x10000) {
      bytes[length++] = (byte) (0xE0 | (point >> 12));
      tail(point, 6);
      tail(point, 0);
    } else {
      bytes[length++] = (byte) (0xF0 | (point >> 18));
      tail(point, 12);
      tail(point, 6);
      tail(point, 0);
    }
  }

  private void tail(int point, int shift) {
    bytes[length++] = (byte) (0x80 | ((point >> shift) & 0x3F));
  }

  private void room(int wanted) {
    if (length + wanted > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + wanted));
    }
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
