package dev.corral.runner.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/// The bytes of all requests that are being answered: bounded together, so that many large ones
/// wait for each other instead of filling the heap.
final class Bodies {
  /// The largest body, as the gateway's own bound.
  private static final int LARGEST = 64 * 1024 * 1024;

  /// A body is read, taken apart and copied, each time about its own size.
  private static final int PARTS_OF_HEAP = 4;

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

  /// Room for a body whose length is known. Waits until there is so much; in the order of arrival.
  ///
  /// @param bytes not more than [#largest()]
  Share await(int bytes) throws InterruptedException {
    left.acquire(bytes);
    return new Share(bytes);
  }

  /// Room for a body that grows. Never waits: two that grow would wait for each other.
  boolean grow(Share share, int bytes) {
    return left.tryAcquire(bytes) && share.add(bytes);
  }

  Share none() {
    return new Share(0);
  }

  /// What one body takes, until it is closed; a second time does nothing.
  final class Share implements AutoCloseable {
    private final AtomicBoolean closed = new AtomicBoolean();
    private int bytes;

    private Share(int bytes) {
      this.bytes = bytes;
    }

    private boolean add(int more) {
      bytes += more;
      return true;
    }

    @Override
    public void close() {
      if (!closed.getAndSet(true)) {
        left.release(bytes);
      }
    }
  }
}
