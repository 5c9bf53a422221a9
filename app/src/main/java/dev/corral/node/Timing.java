package dev.corral.node;

/// When a request came and when its runner was there, by the machine's own clock.
final class Timing {
  private final long began = System.nanoTime();
  private long loaded = began;

  void loaded() {
    loaded = System.nanoTime();
  }

  /// Nanoseconds until the runner was there.
  long load() {
    return loaded - began;
  }

  /// Nanoseconds until now.
  long total() {
    return System.nanoTime() - began;
  }
}
