package dev.corral.testkit;

import java.time.Duration;

/// What a registry can do wrong with a manifest or a blob, beside the faults of any server
/// ([Fault]).
public sealed interface Mischief {
  /// An error status; a negative `retryAfter` sends no such header.
  record Status(int status, String body, Duration retryAfter) implements Mischief {}

  /// The connection is reset after so many bytes of the body.
  record CutAt(long bytes) implements Mischief {}

  /// Not a byte more after so many; the connection stays open.
  record StallAt(long bytes) implements Mischief {}

  /// The byte at this offset of the blob is another one.
  record Flip(long offset) implements Mischief {}

  /// The blob has so many bytes more than it should, or fewer, and says so in its head.
  record Resized(long by) implements Mischief {}

  /// The whole blob with status 200, whatever range was asked for.
  record IgnoreRange() implements Mischief {}

  /// The range asked for, under the name of another one.
  record WrongRange() implements Mischief {}

  /// As if packed: `Content-Encoding: gzip`.
  record Packed() implements Mischief {}

  /// A web page, with status 200.
  record Page() implements Mischief {}

  /// These bytes with status 200: a manifest that is none.
  record Instead(Body bytes) implements Mischief {}

  /// At most so many bytes a second on each connection.
  record Slow(long bytesPerSecond) implements Mischief {}

  /// What lies behind this offset does not come before the double behaves again; what lies before
  /// it comes with so many bytes a second on each connection. For what a test does in the middle.
  record Held(long from, long bytesPerSecond) implements Mischief {}

  /// A redirect, wherever to.
  record Elsewhere(int status, String location) implements Mischief {}

  /// The same at full speed up to there.
  static Mischief heldFrom(long offset) {
    return new Held(offset, Integer.MAX_VALUE);
  }

  static Mischief status(int status) {
    return new Status(
        status,
        "{\"errors\":[{\"code\":\"DOUBLE\",\"message\":\"status " + status + "\"}]}",
        Duration.ofSeconds(-1));
  }

  static Mischief busy(int status, Duration retryAfter) {
    return new Status(status, "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\"}]}", retryAfter);
  }
}
