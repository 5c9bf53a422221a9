package dev.corral.blobs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The right to change names and to remove blobs of a store: one holder on the machine. It is held
/// for milliseconds, so that two Corrals share a store without harm. The system frees it when its
/// process dies.
final class StoreLock {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration STEP = Duration.ofMillis(5);

  /// A file's lock belongs to the process; between our threads this one counts.
  private static final Map<Path, ReentrantLock> IN_PROCESS = new ConcurrentHashMap<>();

  private final Path file;
  private final ReentrantLock threads;

  /// @param file in a folder that is resolved, so that it has one spelling
  StoreLock(Path file) {
    this.file = file;
    // Fair: one that changes names without a pause must not keep the others out.
    this.threads = IN_PROCESS.computeIfAbsent(file, _ -> new ReentrantLock(true));
  }

  /// Work under the lock.
  @FunctionalInterface
  interface Step<T> {
    T run() throws IOException, StoreFailure;
  }

  <T> T holding(Step<T> step) throws IOException, StoreFailure {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try {
      if (!threads.tryLock(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
        throw busy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = taken(channel, deadline)) {
      return step.run();
    } finally {
      threads.unlock();
    }
  }

  private static FileLock taken(FileChannel channel, long deadline)
      throws IOException, StoreFailure {
    try {
      FileLock lock = channel.tryLock();
      while (lock == null && System.nanoTime() < deadline) {
        Thread.sleep(STEP);
        lock = channel.tryLock();
      }
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      throw new IllegalStateException("Two locks in one process on one store", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw busy();
  }

  private static StoreFailure busy() {
    return new StoreFailure(
        StoreFailure.Kind.BUSY,
        "another Corral is changing this model store and does not finish; try again, and look"
            + " whether one hangs");
  }
}
