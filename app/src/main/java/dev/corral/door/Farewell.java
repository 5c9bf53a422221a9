package dev.corral.door;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/// Ends the connection of a client that is still sending what nobody will read. Closing at once
/// would make the client's system throw away the answer before it was read (RFC 9112, 9.6), so the
/// rest is read and dropped for half a moment. Belongs to the event loop of the connection.
final class Farewell {
  /// Enough for an answer to cross the world and be read.
  private static final long MILLIS = 500;

  /// Whoever sends more than this meanwhile waits for the close.
  private static final long MOST_DROPPED_BYTES = 8 << 20;

  private final HttpServerRequest request;
  private long dropped;

  private Farewell(HttpServerRequest request) {
    this.request = request;
  }

  /// Call when the answer has been given; the body has not ended.
  static void to(HttpServerRequest request) {
    new Farewell(request).begin(vertx());
  }

  /// The same where nothing more can be read: the decoder drops what still comes.
  static void soon(HttpServerRequest request) {
    vertx().setTimer(MILLIS, _ -> request.connection().close());
  }

  private static Vertx vertx() {
    Context loop = Vertx.currentContext();
    if (loop == null) {
      throw new IllegalStateException("answers are given on an event loop");
    }
    return loop.owner();
  }

  private void begin(Vertx vertx) {
    long timer = vertx.setTimer(MILLIS, _ -> close());
    request.handler(chunk -> {
      dropped += chunk.length();
      if (dropped > MOST_DROPPED_BYTES) {
        request.pause();
      }
    });
    request.endHandler(_ -> {
      vertx.cancelTimer(timer);
      close();
    });
    request.resume();
  }

  private void close() {
    var _ = request.connection().close();
  }
}
