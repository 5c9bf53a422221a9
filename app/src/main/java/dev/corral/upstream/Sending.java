package dev.corral.upstream;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A call's payload as a virtual thread reads it. Belongs to the event loop that made it, but for
/// [#stream()].
final class Sending {
  private final Context loop;
  private final Payload payload;
  private final InputStream stream;
  private final @Nullable Pipe pipe;
  private boolean settled;

  /// A flowing body has come to its end, in whatever way; its stream takes no handlers any more.
  private boolean flowed;

  Sending(Context loop, Payload payload) {
    this.loop = loop;
    this.payload = payload;
    this.pipe = payload instanceof Payload.Flowing flowing ? flow(flowing.stream()) : null;
    this.stream =
        switch (payload) {
          case Payload.None _ -> InputStream.nullInputStream();
          case Payload.Held held -> new Parts(held);
          case Payload.Flowing _ -> Objects.requireNonNull(pipe);
        };
  }

  InputStream stream() {
    return stream;
  }

  /// Nobody reads any more: a held body's memory is free, a flowing body's rest is thrown away, so
  /// that its sender is not left hanging.
  void settle() {
    if (settled) {
      return;
    }
    settled = true;
    switch (payload) {
      case Payload.None _ -> {}
      case Payload.Held held -> held.settled().run();
      case Payload.Flowing flowing -> {
        if (!flowed) {
          flowing.stream().handler(_ -> {});
          flowing.stream().resume();
        }
      }
    }
  }

  /// The caller left: whoever waits for its bytes is told.
  void breakOff() {
    if (pipe != null) {
      pipe.fail(new IOException("the caller has left"));
    }
  }

  private Pipe flow(ReadStream<Buffer> from) {
    Pipe to = new Pipe(() -> loop.runOnContext(_ -> from.resume()));
    from.handler(chunk -> {
      if (!to.add(chunk.getBytes())) {
        from.pause();
      }
    });
    from.endHandler(_ -> {
      flowed = true;
      to.end();
    });
    from.exceptionHandler(_ -> {
      flowed = true;
      to.fail(new IOException("the request's body broke off"));
    });
    from.resume();
    return to;
  }

  /// The buffers of a held body, one after another, read where they lie.
  private final class Parts extends InputStream {
    private final Payload.Held held;
    private int part;
    private int at;

    Parts(Payload.Held held) {
      this.held = held;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      while (part < held.parts().size()) {
        Buffer current = held.parts().get(part);
        int taken = Math.min(length, current.length() - at);
        if (taken > 0 || length == 0) {
          current.getBytes(at, at + taken, into, offset);
          at += taken;
          return taken;
        }
        part++;
        at = 0;
        if (part == held.parts().size()) {
          loop.runOnContext(_ -> settle());
        }
      }
      return -1;
    }
  }
}
