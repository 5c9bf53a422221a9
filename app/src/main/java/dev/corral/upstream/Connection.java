package dev.corral.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 connection to a backend: reads answers and hands each piece to the call that it
/// carries, in the moment in which it comes. Netty's decoder without Vert.x's client above it,
/// which costs as much again (decision 10).
final class Connection extends ChannelInboundHandlerAdapter {
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /// Answers that only announce another. Honest backends send one or two.
  private static final int MOST_ANNOUNCEMENTS = 100;

  /// How long a backend that takes no more of a request may let its answer wait. It has hung up
  /// already: what there is lies in this machine.
  private static final int LAST_WORDS_MILLIS = 2_000;

  /// What one read brings is handed on in one piece.
  private static final int MAX_PIECE_BYTES = 64 * 1024;

  private final Connections pool;
  private final Target target;
  private final Decoder decoder = new Decoder();
  private @Nullable Channel channel;
  private @Nullable NetworkCall call;
  private boolean used;
  private boolean keptAlive;

  /// Between the head and the end of an answer that only announces another.
  private boolean informational;

  private int announcements;

  /// Nothing more can be sent over it.
  private boolean deaf;

  /// It was given up; with TLS the channel stays open until a farewell has been sent.
  private boolean closing;

  /// What the connection died of, where it said so before its end.
  private @Nullable Throwable broken;

  private long idleSince;

  /// Knows that an answer to HEAD has no body, whatever its head says, and that nothing is an
  /// answer while nobody has asked.
  private final class Decoder extends HttpResponseDecoder {
    private boolean headOnly;

    Decoder() {
      super(
          new HttpDecoderConfig()
              .setMaxHeaderSize(MAX_HEADER_BYTES)
              .setMaxChunkSize(MAX_PIECE_BYTES));
    }

    @Override
    protected HttpMessage createMessage(String[] initialLine) {
      return new DefaultHttpResponse(
          HttpVersion.valueOf(initialLine[0]),
          HttpResponseStatus.valueOf(Integer.parseInt(initialLine[1]), initialLine[2]),
          HeadersMultiMap.httpHeaders());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
      if (call == null) {
        ReferenceCountUtil.release(bytes);
        close();
      } else {
        super.channelRead(context, bytes);
      }
    }

    /// True where bytes have come that belong to no answer yet.
    boolean holds() {
      return internalBuffer().isReadable();
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      return super.isContentAlwaysEmpty(message) || headOnly;
    }
  }

  Connection(Connections pool, Target target) {
    this.pool = pool;
    this.target = target;
  }

  ChannelHandler decoder() {
    return decoder;
  }

  Target target() {
    return target;
  }

  /// The channel, from the moment at which it was made.
  Channel channel() {
    return Objects.requireNonNull(channel);
  }

  /// In [System#nanoTime()].
  long idleSince() {
    return idleSince;
  }

  boolean isOpen() {
    return channel().isActive() && !closing && !deaf;
  }

  void close() {
    closing = true;
    var _ = channel().close();
  }

  /// From now on that call is told what comes.
  ///
  /// @return true where an earlier call went over this connection
  boolean carry(NetworkCall next, boolean headOnly) {
    boolean before = used;
    used = true;
    call = next;
    decoder.headOnly = headOnly;
    return before;
  }

  /// The call wants no more of it; nothing that is still on its way can belong to another call.
  void abandon() {
    call = null;
    close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    pool.opened(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      NetworkCall carried = call;
      if (carried == null) {
        // Bytes that nobody asked for.
        close();
      } else if (message instanceof HttpObject part) {
        take(carried, part);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(NetworkCall carried, HttpObject part) {
    DecoderResult decoded = part.decoderResult();
    if (decoded.isFailure()) {
      abandon();
      carried.garbled(decoded.cause());
      return;
    }
    if (part instanceof HttpResponse head) {
      informational = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      announcements = informational ? announcements + 1 : 0;
      keptAlive = head.protocolVersion().equals(HttpVersion.HTTP_1_1) && HttpUtil.isKeepAlive(head);
      if (head.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
        abandon();
        carried.garbled(new IOException("it changed to another protocol, which nobody asked for"));
        return;
      }
      if (announcements > MOST_ANNOUNCEMENTS) {
        abandon();
        carried.garbled(new IOException("it announces answers and gives none"));
        return;
      }
      if (!informational) {
        carried.head(head.status().code(), (MultiMap) head.headers());
      }
    }
    if (part instanceof HttpContent content && call == carried && !informational) {
      ByteBuf bytes = content.content();
      if (bytes.isReadable()) {
        carried.chunk(Buffer.buffer(bytes.readableBytes()).appendBuffer(Buffer.buffer(bytes)));
      }
      if (part instanceof LastHttpContent && call == carried) {
        end(carried);
      }
    }
  }

  /// Kept only after the call was told: what its listener begins at once must not find this
  /// connection, because bytes may have come behind the answer that the decoder has yet to read.
  private void end(NetworkCall carried) {
    call = null;
    boolean clean = keptAlive && carried.sent();
    if (!clean) {
      close();
    }
    carried.end();
    if (clean && isOpen() && !decoder.holds()) {
      channel().config().setAutoRead(true);
      idleSince = System.nanoTime();
      pool.keep(this);
    } else if (clean) {
      close();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    NetworkCall carried = call;
    if (carried != null && context.channel().isWritable()) {
      carried.room();
    }
  }

  /// Our writing failed. A backend may answer before it has read all of a request and hang up then:
  /// its answer lies before the end of the connection, and is read on.
  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event == ChannelOutputShutdownEvent.INSTANCE) {
      deaf = true;
      NetworkCall carried = call;
      if (carried == null) {
        close();
      } else {
        carried.unsendable();
        var _ =
            context
                .executor()
                .schedule(() -> giveUp(carried), LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
    super.userEventTriggered(context, event);
  }

  private void giveUp(NetworkCall silent) {
    if (call == silent && silent.unanswered()) {
      close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    pool.closed(this);
    NetworkCall carried = call;
    call = null;
    if (carried != null) {
      carried.lost(broken == null ? new ClosedChannelException() : broken);
    }
  }

  /// A failure of the connection itself is told when it ends, which follows: by a failed read at
  /// once, by a failed write as soon as what came before is read.
  // Deprecated for outbound handlers only, as Netty's own adapter says.
  @Override
  @SuppressWarnings("deprecation")
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof IOException && !(cause instanceof SSLException)) {
      broken = broken == null ? cause : broken;
      return;
    }
    NetworkCall carried = call;
    call = null;
    close();
    if (carried != null) {
      carried.lost(cause);
    }
  }
}
