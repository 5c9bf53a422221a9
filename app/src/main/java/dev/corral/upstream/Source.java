package dev.corral.upstream;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Bytes that a virtual thread reads, on their way to an event loop. Belongs to that loop; one
/// piece at a time is read, and only when there is room for it.
final class Source implements ReadStream<Buffer> {
  private static final int PIECE = 256 * 1024;

  private final Context loop;
  private final InputStream from;
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> atEnd;
  private @Nullable Handler<Throwable> atFailure;
  private long demand = Long.MAX_VALUE;
  private boolean reading;

  /// Read before somebody asked for a pause, and handed over after it.
  private @Nullable Buffer waiting;

  private boolean over;

  Source(Context loop, InputStream from) {
    this.loop = loop;
    this.from = from;
  }

  @Override
  public Source handler(@Nullable Handler<Buffer> taker) {
    handler = taker;
    read();
    return this;
  }

  @Override
  public Source pause() {
    demand = 0;
    return this;
  }

  @Override
  public Source resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public Source fetch(long amount) {
    demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
    Buffer piece = waiting;
    if (piece == null) {
      read();
    } else if (demand > 0) {
      waiting = null;
      came(piece);
    }
    return this;
  }

  @Override
  public Source endHandler(@Nullable Handler<Void> told) {
    atEnd = told;
    return this;
  }

  @Override
  public Source exceptionHandler(@Nullable Handler<Throwable> told) {
    atFailure = told;
    return this;
  }

  private void read() {
    if (reading || over || demand == 0 || handler == null) {
      return;
    }
    reading = true;
    Thread.ofVirtual()
        .name("upload")
        .start(() -> {
          byte[] piece = new byte[PIECE];
          try {
            int count = from.readNBytes(piece, 0, PIECE);
            loop.runOnContext(_ -> came(Buffer.buffer(count).appendBytes(piece, 0, count)));
          } catch (IOException | RuntimeException e) {
            loop.runOnContext(_ -> failed(e));
          }
        });
  }

  private void came(Buffer piece) {
    if (demand == 0) {
      waiting = piece;
      return;
    }
    reading = false;
    Handler<Buffer> taker = handler;
    if (piece.length() > 0 && taker != null) {
      demand = demand == Long.MAX_VALUE ? demand : demand - 1;
      taker.handle(piece);
    }
    if (piece.length() < PIECE && !over) {
      over = true;
      if (atEnd != null) {
        atEnd.handle(null);
      }
    } else {
      read();
    }
  }

  private void failed(Exception why) {
    reading = false;
    over = true;
    if (atFailure != null) {
      atFailure.handle(why);
    }
  }
}
