package dev.corral.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call's payload on its way into a connection, as much at a time as the connection takes.
/// Belongs to the connection's event loop.
final class Shipment {
  /// Up to this size a body is copied behind its head: one write costs less than two buffers in it.
  private static final int INLINE_BYTES = 16 * 1024;

  private static final String CRLF = "\r\n";
  private static final String LAST_CHUNK = "0\r\n\r\n";

  private final Payload payload;
  private final Channel channel;
  private final Consumer<Throwable> onBroken;

  /// What is left of a held body.
  private final Iterator<Buffer> parts;

  private @Nullable ChannelFuture lastWrite;
  private long flowed;
  private boolean done;
  private boolean settled;

  /// @param onBroken told once where a flowing body does not come to its end
  Shipment(Payload payload, Channel channel, Consumer<Throwable> onBroken) {
    this.payload = payload;
    this.channel = channel;
    this.onBroken = onBroken;
    this.parts =
        payload instanceof Payload.Held held
            ? held.parts().iterator()
            : Collections.emptyIterator();
  }

  /// How many bytes of the body go with the head.
  int inline() {
    return payload instanceof Payload.Held held && held.length() <= INLINE_BYTES
        ? (int) held.length()
        : 0;
  }

  /// Says in the head how long the body is.
  void frame(MultiMap headers) {
    switch (payload) {
      case Payload.None _ -> {}
      case Payload.Held held -> headers.set("Content-Length", Long.toString(held.length()));
      case Payload.Flowing flowing when flowing.length() < 0 ->
          headers.set("Transfer-Encoding", "chunked");
      case Payload.Flowing flowing ->
          headers.set("Content-Length", Long.toString(flowing.length()));
    }
  }

  /// Sends the head, and behind it the body.
  ///
  /// @param head given away
  void begin(ByteBuf head) {
    if (payload instanceof Payload.Flowing flowing) {
      send(head);
      flow(flowing);
    } else if (inline() > 0 || !parts.hasNext()) {
      parts.forEachRemaining(part -> head.writeBytes(part.getByteBuf()));
      send(head);
      finished();
    } else {
      queue(head);
      pour();
    }
  }

  /// True once everything was handed to the connection.
  boolean done() {
    return done;
  }

  /// The connection takes more again.
  void room() {
    if (done || settled) {
      return;
    }
    if (payload instanceof Payload.Flowing flowing) {
      flowing.stream().resume();
    } else {
      pour();
    }
  }

  /// Nothing more is sent. Tells the owner of a held body when the connection needs its memory no
  /// longer; lets go of a flowing one, so that its sender is not left hanging.
  void settle() {
    if (settled) {
      return;
    }
    settled = true;
    ChannelFuture writing = lastWrite;
    if (writing != null) {
      var _ = writing.addListener(_ -> letGo(payload));
    } else if (!done || payload instanceof Payload.Held) {
      letGo(payload);
    }
  }

  /// Of a body of which nothing is, or will be, in a connection's hands.
  static void letGo(Payload payload) {
    switch (payload) {
      case Payload.None _ -> {}
      case Payload.Held held -> held.settled().run();
      case Payload.Flowing flowing -> {
        ReadStream<Buffer> stream = flowing.stream();
        stream.handler(null).endHandler(null).exceptionHandler(null);
        stream.resume();
      }
    }
  }

  private void pour() {
    while (channel.isWritable() && parts.hasNext()) {
      lastWrite = channel.write(parts.next().getByteBuf());
    }
    channel.flush();
    if (!parts.hasNext()) {
      finished();
    }
  }

  private void flow(Payload.Flowing flowing) {
    ReadStream<Buffer> stream = flowing.stream();
    stream.exceptionHandler(this::broke);
    stream.endHandler(_ -> ended(flowing));
    stream.handler(piece -> pass(flowing, piece));
    stream.resume();
  }

  private void pass(Payload.Flowing flowing, Buffer piece) {
    if (settled || piece.length() == 0) {
      return;
    }
    flowed += piece.length();
    if (flowing.length() < 0) {
      queue(ascii(Integer.toHexString(piece.length()) + CRLF));
      queue(piece.getByteBuf());
      send(ascii(CRLF));
    } else if (flowed > flowing.length()) {
      broke(new IOException("the request's body is longer than its length says"));
    } else {
      send(piece.getByteBuf());
    }
    if (!channel.isWritable()) {
      flowing.stream().pause();
    }
  }

  private void ended(Payload.Flowing flowing) {
    if (settled) {
      return;
    }
    if (flowing.length() < 0) {
      send(ascii(LAST_CHUNK));
    } else if (flowed < flowing.length()) {
      broke(new IOException("the request's body is shorter than its length says"));
      return;
    }
    finished();
  }

  private void finished() {
    done = true;
    settle();
  }

  private void broke(Throwable cause) {
    if (!settled) {
      onBroken.accept(cause);
    }
  }

  /// Should it fail, the connection fails with it, which is told to the call.
  private void queue(ByteBuf bytes) {
    var _ = channel.write(bytes, channel.voidPromise());
  }

  private void send(ByteBuf bytes) {
    queue(bytes);
    channel.flush();
  }

  private ByteBuf ascii(String text) {
    return ByteBufUtil.writeAscii(channel.alloc(), text);
  }
}
