package dev.corral.outbound;

import java.time.Duration;

/// How long the other side may take.
///
/// @param connect for one address to take the connection; then the next one is tried
/// @param silence without a single byte, in a head or a body
/// @param head for the whole head, and once more for a body that is read as a whole, so that nobody
///   holds us by a byte now and then
public record Patience(Duration connect, Duration silence, Duration head) {
  public static final Patience USUAL =
      new Patience(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(60));
}
