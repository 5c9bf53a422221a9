package dev.corral.runner.http;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One connection: its requests one after the other, each answered on a virtual thread. Reading
/// never stops, so that a client that leaves is noticed whatever the engine is doing.
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
  /// Requests that a client may send ahead.
  private static final int AHEAD = 8;

  private final Consumer<Exchange> routes;
  private final Deque<Exchange.Request> waiting = new ArrayDeque<>();
  private @Nullable Exchange current;

  Connection(Consumer<Exchange> routes) {
    this.routes = routes;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    waiting.add(
        new Exchange.Request(
            request.method().name(),
            Gate.path(request.uri()),
            ByteBuffer.wrap(ByteBufUtil.getBytes(request.content())),
            HttpUtil.isKeepAlive(request)));
    if (current == null) {
      next(context);
    } else if (waiting.size() > AHEAD) {
      var _ = context.close();
    }
  }

  private void next(ChannelHandlerContext context) {
    Exchange.Request request = waiting.poll();
    if (request == null) {
      current = null;
      return;
    }
    Exchange exchange = new Exchange(context.channel(), request, () -> next(context));
    current = exchange;
    Thread.ofVirtual().name("request").start(() -> routes.accept(exchange));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    waiting.clear();
    if (current != null) {
      current.leave();
    }
  }

  /// A connection that broke is one whose client has left.
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var _ = context.close();
  }
}
