package dev.corral.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import io.vertx.core.impl.ContextInternal;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A call to a backend on the network.
final class NetworkCall implements UpstreamCall {
  /// Room for the line and the headers of an ordinary request.
  private static final int HEAD_BYTES = 512;

  private enum Phase {
    CONNECTING,
    WAITING,
    ANSWERING,
    OVER
  }

  private final Connections connections;
  private final ContextInternal context;
  private final Target target;
  private final String method;
  private final String path;
  private final Consumer<MultiMap> headers;
  private final Payload payload;
  private final Listener listener;
  private Phase phase = Phase.CONNECTING;
  private boolean reused;

  /// Whoever began the call has it in hand; what fails before that is told a moment later.
  private boolean begun;

  private boolean cancelled;

  /// While a connection is being made.
  private @Nullable Channel connecting;

  /// From the first byte that is sent to the end of the call.
  private @Nullable Connection connection;

  private @Nullable Shipment body;

  /// Must be made on the event loop that the connections belong to.
  ///
  /// @param context in which the listener is told
  /// @param path path and query behind the target's base path
  /// @param headers writes them: without hop-by-hop headers, `Host` and the caller's credentials
  NetworkCall(
      Connections connections,
      ContextInternal context,
      Target target,
      String method,
      String path,
      Consumer<MultiMap> headers,
      Payload payload,
      Listener listener) {
    this.connections = connections;
    this.context = context;
    this.target = target;
    this.method = method;
    this.path = path;
    this.headers = headers;
    this.payload = payload;
    this.listener = listener;
  }

  /// @param anew where it must not go over a connection that was used before
  void begin(boolean anew) {
    // A body that flows cannot be sent a second time.
    boolean fresh = anew || payload instanceof Payload.Flowing;
    Connection kept = fresh ? null : connections.kept(target);
    if (kept == null) {
      connecting = connections.connect(target, this);
    } else {
      send(kept);
    }
    begun = true;
  }

  /// What TLS needs is there now.
  void connect(SslContext secured) {
    if (phase == Phase.CONNECTING) {
      connecting = connections.connect(target, secured, this);
    }
  }

  void noTls(Throwable cause) {
    fail(new Failure.NotSent("no TLS can be spoken here: " + cause.getMessage()));
  }

  void connected(Connection made) {
    connecting = null;
    if (phase == Phase.OVER) {
      made.close();
    } else if (made.channel().remoteAddress() instanceof InetSocketAddress address
        && Target.metadata(address.getAddress())) {
      made.close();
      fail(new Failure.NotConnected("its name leads to a cloud's metadata address"));
    } else {
      send(made);
    }
  }

  void notConnected(Throwable cause) {
    connecting = null;
    boolean ours = cause instanceof ChannelException || noPort(cause);
    fail(ours ? new Failure.NotSent(words(cause)) : new Failure.NotConnected(words(cause)));
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (phase != Phase.OVER) {
      stop();
    }
  }

  private void stop() {
    phase = Phase.OVER;
    if (connecting != null) {
      var _ = connecting.close();
    }
    if (connection != null) {
      connection.abandon();
    }
    settle();
  }

  @Override
  public void pause() {
    reading(false);
  }

  @Override
  public void resume() {
    reading(true);
  }

  private void reading(boolean on) {
    if (connection != null && phase == Phase.ANSWERING) {
      connection.channel().config().setAutoRead(on);
    }
  }

  private void send(Connection over) {
    phase = Phase.WAITING;
    connection = over;
    reused = over.carry(this, method.equals("HEAD"));
    Channel channel = over.channel();
    Shipment sent = new Shipment(payload, channel, this::lost);
    body = sent;
    ByteBuf head = channel.alloc().directBuffer(HEAD_BYTES + sent.inline());
    try {
      write(head, sent);
    } catch (IllegalArgumentException unfit) {
      head.release();
      fail(new Failure.NotSent("the request cannot be passed on: " + unfit.getMessage()));
      return;
    }
    sent.begin(head);
  }

  /// The request's head, and its body where that is small.
  private void write(ByteBuf to, Shipment sent) {
    HeadersMultiMap written = HeadersMultiMap.httpHeaders();
    headers.accept(written);
    written.set("Host", target.authority());
    if (!target.bearer().isEmpty()) {
      written.set("Authorization", "Bearer " + target.bearer());
    }
    sent.frame(written);
    ByteBufUtil.writeAscii(to, printable(method));
    to.writeByte(' ');
    ByteBufUtil.writeUtf8(to, printable(target.basePath()));
    ByteBufUtil.writeUtf8(to, printable(path));
    ByteBufUtil.writeAscii(to, " HTTP/1.1\r\n");
    written.encode(to);
    ByteBufUtil.writeAscii(to, "\r\n");
  }

  /// A path that could end the request line early would let its sender write headers.
  private static String printable(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) <= ' ' || path.charAt(i) == 0x7F) {
        throw new IllegalArgumentException("its path has a character that no path may have");
      }
    }
    return path;
  }

  /// True once the whole request is on its way, so that another may follow it.
  boolean sent() {
    return body != null && body.done();
  }

  void room() {
    if (body != null) {
      body.room();
    }
  }

  void head(int status, MultiMap answered) {
    if (phase == Phase.WAITING) {
      phase = Phase.ANSWERING;
      tell(() -> listener.onHead(status, answered));
    }
  }

  void chunk(Buffer chunk) {
    if (phase == Phase.ANSWERING) {
      tell(() -> listener.onChunk(chunk));
    }
  }

  void end() {
    if (phase == Phase.ANSWERING) {
      phase = Phase.OVER;
      connection = null;
      settle();
      tell(listener::onEnd);
    }
  }

  /// The backend takes no more of the request. What it has answered is still being read.
  void unsendable() {
    if (body != null) {
      body.settle();
    }
  }

  /// Nothing of an answer has come.
  boolean unanswered() {
    return phase == Phase.WAITING;
  }

  /// It answered, and that was no HTTP: no matter of who closed a connection first.
  void garbled(Throwable cause) {
    reused = false;
    lost(cause);
  }

  /// The connection is gone, or the request's own body did not come to its end.
  void lost(Throwable cause) {
    if (phase == Phase.WAITING && reused && repeatable()) {
      phase = Phase.CONNECTING;
      connection = null;
      connecting = connections.connect(target, this);
      return;
    }
    fail(
        phase == Phase.ANSWERING
            ? new Failure.Cut(words(cause))
            : new Failure.NoAnswer(words(cause), reused));
  }

  /// What only reads may be asked again where a kept connection was closed meanwhile (RFC 9110,
  /// 9.2.2): a look at a backend that is well must not find it gone.
  private boolean repeatable() {
    return payload instanceof Payload.None && (method.equals("GET") || method.equals("HEAD"));
  }

  private void fail(Failure failure) {
    if (phase == Phase.OVER) {
      return;
    }
    stop();
    if (begun) {
      tell(() -> listener.onFailure(failure));
    } else {
      context.nettyEventLoop().execute(() -> tellLate(failure));
    }
  }

  private void tellLate(Failure failure) {
    if (!cancelled) {
      tell(() -> listener.onFailure(failure));
    }
  }

  /// Lets go of the body, once.
  private void settle() {
    if (body == null) {
      Shipment.letGo(payload);
    } else {
      body.settle();
    }
  }

  /// The listener finds the context in which it began the call, so that what it starts stays on
  /// this event loop.
  private void tell(Runnable news) {
    ContextInternal before = context.beginDispatch();
    try {
      news.run();
    } catch (RuntimeException | Error mistake) {
      cancel();
      listener.onMistake(mistake);
    } finally {
      context.endDispatch(before);
    }
  }

  /// All local ports towards that backend are in use.
  private static boolean noPort(Throwable cause) {
    return String.valueOf(cause.getMessage()).contains("Cannot assign requested address");
  }

  /// The cause as an operator reads it, without addresses.
  private static String words(Throwable cause) {
    String text = String.valueOf(cause.getMessage());
    return switch (cause) {
      case ChannelOutputShutdownException shut when shut.getCause() != null ->
          words(shut.getCause());
      case UnknownHostException _ -> "its name is not known";
      case ConnectException _ when text.contains("timed out") ->
          "it did not take the connection in time";
      case NoRouteToHostException _ -> "no way leads to its address";
      case ConnectException _ when noPort(cause) -> "this machine has no free port towards it";
      case ConnectException _ -> "connection refused";
      case NotSslRecordException _ -> "it does not speak TLS; write its address with http://";
      case ClosedChannelException _ -> "it closed the connection";
      case ChannelException _ -> "this Corral may open no more connections (files: ulimit -n)";
      default -> text.contains("reset by peer") ? "it reset the connection" : text;
    };
  }
}
