package dev.corral.runner.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The listener.
public final class Server implements AutoCloseable {
  /// The largest request, as the gateway's own bound.
  private static final int LARGEST_BODY = 64 * 1024 * 1024;

  private static final int LONGEST_LINE = 8 * 1024;
  private static final int LONGEST_HEAD = 16 * 1024;
  private static final int CHUNK = 64 * 1024;

  /// What may wait for a client that does not read, before it counts as gone.
  private static final WriteBufferWaterMark WAITING =
      new WriteBufferWaterMark(1024 * 1024, 8 * 1024 * 1024);

  private final NioEventLoopGroup loop;
  private final Channel listener;

  private Server(NioEventLoopGroup loop, Channel listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /// @param address 0 as its port for any free one
  /// @param key demanded of every request but `/health`
  /// @param routes asked when they are there; requests that come before wait for them
  public static Server open(
      InetSocketAddress address, String key, CompletableFuture<Routes> routes) {
    NioEventLoopGroup loop = new NioEventLoopGroup(1);
    Json.warm();
    try {
      Channel listener =
          new ServerBootstrap()
              .group(loop)
              .channel(NioServerSocketChannel.class)
              .option(ChannelOption.SO_REUSEADDR, true)
              .childOption(ChannelOption.TCP_NODELAY, true)
              .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
              .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WAITING)
              .childHandler(new Pipeline(key, one -> routes.join().accept(one)))
              .bind(address)
              .syncUninterruptibly()
              .channel();
      return new Server(loop, listener);
    } catch (RuntimeException taken) {
      var _ = loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw taken;
    }
  }

  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class Pipeline extends ChannelInitializer<SocketChannel> {
    private final String key;
    private final Consumer<Exchange> routes;

    Pipeline(String key, Consumer<Exchange> routes) {
      this.key = key;
      this.routes = routes;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      channel
          .pipeline()
          .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEAD, CHUNK))
          .addLast(new Gate(key))
          .addLast(new Bodies())
          .addLast(new Connection(routes));
    }
  }

  /// Collects bodies, and refuses those that are too large in words.
  private static final class Bodies extends HttpObjectAggregator {
    Bodies() {
      super(LARGEST_BODY);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage tooLarge) {
      Refusal refusal = Refusal.tooLarge(LARGEST_BODY);
      context
          .writeAndFlush(Exchange.whole(refusal.status(), refusal.json(), false))
          .addListener(ChannelFutureListener.CLOSE);
    }
  }
}
