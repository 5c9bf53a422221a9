package dev.corral.hub;

import dev.corral.gguf.Gguf;

/// A header that was read from afar.
///
/// @param gguf of a split set: the first part's keys, the tensors of all, the length of all
/// @param requests that were needed, redirects not counted; 0 where it was known from before
/// @param bytesRead of all files together
/// @param projectorBytes of what the model sees or hears through, which comes with it; 0 for none
public record Header(Gguf gguf, int requests, long bytesRead, long projectorBytes) {
  /// All that is loaded, as the arithmetic of memory takes it.
  public Gguf loaded() {
    return gguf.seeing(projectorBytes);
  }

  Header seeing(long bytes) {
    return new Header(gguf, requests, bytesRead, bytes);
  }
}
