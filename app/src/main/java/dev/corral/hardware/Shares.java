package dev.corral.hardware;

/// How much of the host's memory a GPU without memory of its own may take.
final class Shares {
  private static final int KEPT = 10; // one part in ten stays with everything else

  private Shares() {}

  static long free(HostMemory host) {
    return Math.max(0, host.freeBytes() - host.totalBytes() / KEPT);
  }
}
