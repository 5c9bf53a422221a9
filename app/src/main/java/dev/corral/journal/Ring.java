package dev.corral.journal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A bounded queue for many givers and one taker. Giving never waits: it takes a place by one
/// compare-and-set, or is refused where there is none.
final class Ring<T> {
  private final AtomicReferenceArray<@Nullable T> slots;
  private final int mask;
  private final AtomicLong head = new AtomicLong();
  private final AtomicLong tail = new AtomicLong();

  /// @param size a power of two
  Ring(int size) {
    if (Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException("a ring's size is a power of two, not " + size);
    }
    slots = new AtomicReferenceArray<>(size);
    mask = size - 1;
  }

  /// @return false where the ring is full
  boolean offer(T item) {
    long place;
    do {
      place = tail.get();
      if (place - head.get() > mask) {
        return false;
      }
    } while (!tail.compareAndSet(place, place + 1));
    slots.setRelease((int) place & mask, item);
    return true;
  }

  /// For the one taker.
  ///
  /// @return null where nothing is there, or the next giver is still putting it in
  @Nullable T poll() {
    long place = head.get();
    int slot = (int) place & mask;
    T item = slots.getAcquire(slot);
    if (item != null) {
      slots.setRelease(slot, null);
      head.setRelease(place + 1);
    }
    return item;
  }

  /// How many were given since the beginning.
  long given() {
    return tail.get();
  }
}
