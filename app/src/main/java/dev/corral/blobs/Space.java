package dev.corral.blobs;

/// The disk of the store.
///
/// @param reserveBytes what uploads and pulls leave free (`store.reserve`)
public record Space(long totalBytes, long freeBytes, long reserveBytes) {
  /// Bytes that may be written.
  public long usable() {
    return Math.max(0, freeBytes - reserveBytes);
  }

  /// How many bytes must come free before so many may be written; 0 or less where they may.
  public long missing(long bytes) {
    return bytes - (freeBytes - reserveBytes);
  }
}
