package dev.corral.runner.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// The bytes of all requests that are not understood yet: bounded together, so that many large ones
/// wait for each other instead of filling the heap. Once a request was taken apart its bytes are
/// dropped, however long its answer takes.
final class Bodies {
  /// More is of no use: the gateway takes no larger body by default (`limits.body`).
  private static final int LARGEST = 64 * 1024 * 1024;

  /// What a body takes at its worst, of its own size: its bytes, the two bytes for each character
  /// in which its texts are gathered, the texts, their bytes for the engine, and four for each
  /// token, of which there may be as many as bytes; the rest is for everything else.
  private static final int PARTS_OF_HEAP = 16;

  private static final byte[] NOTHING = {};

  private final int all;
  private final Semaphore left;

  /// @param all bytes
  Bodies(int all) {
    this.all = all;
    this.left = new Semaphore(all, true);
  }

  static Bodies ofThisHeap() {
    return new Bodies((int) Math.min(LARGEST, Runtime.getRuntime().maxMemory() / PARTS_OF_HEAP));
  }

  /// The most bytes of one body.
  int largest() {
    return all;
  }

  /// Room for a body whose length is known. Waits until there is so much, in the order of arrival;
  /// nothing takes nothing and waits for nobody.
  ///
  /// @param bytes not more than [#largest()]
  Body await(int bytes) throws InterruptedException {
    if (bytes > 0) {
      left.acquire(bytes);
    }
    return new Body(bytes);
  }

  /// Room for a body that grows. Never waits: two that grow would wait for each other.
  boolean grow(Body body, int bytes) {
    return left.tryAcquire(bytes) && body.add(bytes);
  }

  Body none() {
    return new Body(0);
  }

  /// One request's bytes and the room that they take, until it is closed; a second time does
  /// nothing.
  final class Body implements AutoCloseable {
    private final AtomicBoolean closed = new AtomicBoolean();
    private int room;
    private volatile byte[] bytes = NOTHING;

    private Body(int room) {
      this.room = room;
    }

    private boolean add(int more) {
      room += more;
      return true;
    }

    void fill(byte[] content) {
      bytes = content;
    }

    /// Nothing any more once it was closed.
    byte[] bytes() {
      return bytes;
    }

    @Override
    public void close() {
      bytes = NOTHING;
      if (!closed.getAndSet(true)) {
        left.release(room);
      }
    }
  }
}
