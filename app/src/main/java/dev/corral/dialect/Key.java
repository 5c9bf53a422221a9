package dev.corral.dialect;

import java.util.Locale;

/// A top-level key of a request that Corral reads in passing. Everything else in a body is the
/// backend's business.
public enum Key {
  MODEL(0),
  /// The old name of `model` in show, pull, push, create and delete.
  NAME(1),
  SOURCE(2),
  DESTINATION(3),
  FROM(4),
  STREAM(5),
  KEEP_ALIVE(6);

  /// How many there are.
  static final int COUNT = 7;

  /// A place for each in a small array: the look at a request is on the hot path.
  private final int slot;

  private final String word = name().toLowerCase(Locale.ROOT);

  Key(int slot) {
    this.slot = slot;
  }

  int slot() {
    return slot;
  }

  /// As it stands in JSON.
  public String word() {
    return word;
  }

  /// True where these UTF-8 bytes are this key as Go's `encoding/json` matches a field: exactly, or
  /// by simple case folding, in which U+017F is an `s` and U+212A a `k`.
  boolean matches(byte[] bytes, int length) {
    int at = 0;
    for (int i = 0; i < word.length(); i++) {
      if (at >= length) {
        return false;
      }
      char wanted = word.charAt(i);
      int c = bytes[at] & 0xFF;
      if (c < 0x80) {
        int folded = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
        if (folded != wanted) {
          return false;
        }
        at++;
      } else if (wanted == 's' && starts(bytes, at, length, 0xC5, 0xBF)) {
        at += 2;
      } else if (wanted == 'k' && starts(bytes, at, length, 0xE2, 0x84, 0xAA)) {
        at += 3;
      } else {
        return false;
      }
    }
    return at == length;
  }

  private static boolean starts(byte[] bytes, int at, int length, int... wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (at + i >= length || (bytes[at + i] & 0xFF) != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
