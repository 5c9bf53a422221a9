package dev.corral.gguf;

import java.util.Arrays;

/// A set of 64-bit hashes in 16 bytes or less for each, because a vocabulary may have two million
/// tokens and is looked at in passing.
final class HashSetOfLongs {
  private long[] slots = new long[1024];
  private int size;
  private boolean zero;

  /// False where it was there already.
  boolean add(long value) {
    if (value == 0) {
      boolean fresh = !zero;
      zero = true;
      return fresh;
    }
    if (2 * size >= slots.length) {
      grow();
    }
    return insert(value);
  }

  private boolean insert(long value) {
    int at = slot(value);
    while (slots[at] != 0) {
      if (slots[at] == value) {
        return false;
      }
      at = (at + 1) & (slots.length - 1);
    }
    slots[at] = value;
    size++;
    return true;
  }

  private int slot(long value) {
    return (int) ((value * 0x9e3779b97f4a7c15L) >>> 40) & (slots.length - 1);
  }

  private void grow() {
    long[] old = slots;
    slots = new long[2 * old.length];
    size = 0;
    Arrays.stream(old).filter(value -> value != 0).forEach(this::insert);
  }
}
