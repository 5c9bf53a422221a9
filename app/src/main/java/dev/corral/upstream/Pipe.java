package dev.corral.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bytes from an event loop, which never blocks, to one virtual thread, which may.
final class Pipe extends InputStream {
  /// Beyond this the sender is asked to pause.
  private static final int FULL_BYTES = 256 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private final Runnable room;
  private int at;
  private int held;
  private boolean full;
  private boolean ended;
  private @Nullable IOException failure;

  /// @param room run by the reader once there is room again after [#add] said that there is none
  Pipe(Runnable room) {
    this.room = room;
  }

  /// @return false where the sender should pause
  boolean add(byte[] piece) {
    lock.lock();
    try {
      if (piece.length > 0 && failure == null) {
        pieces.add(piece);
        held += piece.length;
        changed.signal();
      }
      full |= held > FULL_BYTES;
      return !full;
    } finally {
      lock.unlock();
    }
  }

  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// What came before is still read; the first failure counts.
  void fail(IOException why) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = why;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    boolean again = false;
    int taken;
    lock.lock();
    try {
      byte[] piece = await();
      if (piece == null) {
        return -1;
      }
      taken = Math.min(length, piece.length - at);
      System.arraycopy(piece, at, into, offset, taken);
      at += taken;
      held -= taken;
      if (at == piece.length) {
        pieces.remove();
        at = 0;
      }
      if (full && held < FULL_BYTES / 2) {
        full = false;
        again = true;
      }
    } finally {
      lock.unlock();
    }
    if (again) {
      room.run();
    }
    return taken;
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
  }

  /// The next piece; null at the end.
  private byte @Nullable [] await() throws IOException {
    while (pieces.isEmpty()) {
      if (failure != null) {
        throw failure;
      }
      if (ended) {
        return null;
      }
      try {
        changed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for bytes");
      }
    }
    return pieces.peek();
  }
}
