package dev.corral.upstream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.List;

/// What is sent with a call.
public sealed interface Payload {
  record None() implements Payload {}

  /// Held in full, so that it may be sent a second time.
  ///
  /// @param parts in order, at least one
  /// @param settled run once per call, when the connection needs none of the parts any more; only
  ///   then may their memory be given back
  record Held(List<Buffer> parts, long length, Runnable settled) implements Payload {}

  /// Passed on as it comes, once.
  ///
  /// @param length -1 where the sender did not say
  record Flowing(ReadStream<Buffer> stream, long length) implements Payload {}
}
