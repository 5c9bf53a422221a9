package dev.corral.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.impl.VertxInternal;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections of one event loop to all backends, and no other thread's business. Each carries
/// one call at a time and is kept for the next one to the same target for a few seconds. Without a
/// limit: each open stream holds one, and the limits that bite are those of `limits`.
final class Connections {
  /// A backend that is there takes a connection in milliseconds; five seconds cover lost packets.
  private static final int CONNECT_MILLIS = 5_000;

  /// It takes both sides some computing, which a busy machine does later.
  private static final int HANDSHAKE_MILLIS = 15_000;

  /// With [#SWEEP_SECONDS] below the 5 s after which common Python servers close an idle
  /// connection, so that we do first.
  static final Duration IDLE = Duration.ofSeconds(3);

  private static final int SWEEP_SECONDS = 1;

  private static final System.Logger LOG = System.getLogger(Connections.class.getName());

  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final Map<Target, Deque<Connection>> idle = new HashMap<>();
  private final Set<Connection> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Tls tls;
  private final long idleNanos;
  private boolean sweeping;
  private boolean over;

  /// @param tls shared by all event loops
  /// @param kept how long a connection waits for its next call
  Connections(VertxInternal vertx, EventLoop loop, Tls tls, Duration kept) {
    this.loop = loop;
    this.tls = tls;
    this.idleNanos = kept.toNanos();
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(vertx.transport().channelFactory(false))
            .resolver(vertx.nettyAddressResolverGroup())
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(ChannelOption.TCP_NODELAY, true)
            // A backend that answers before it has read the whole request and hangs up makes our
            // writing fail, while its answer still waits to be read.
            .option(ChannelOption.AUTO_CLOSE, false);
  }

  /// The one that was used last, because its backend is the least likely to have given it up.
  @Nullable Connection kept(Target target) {
    Deque<Connection> waiting = idle.get(target);
    if (waiting == null) {
      return null;
    }
    long now = System.nanoTime();
    for (Connection last = waiting.pollLast(); last != null; last = waiting.pollLast()) {
      if (now - last.idleSince() < idleNanos && last.isOpen()) {
        return last;
      }
      last.close();
    }
    return null;
  }

  /// Makes a new one for a call, which is told what becomes of it, never before this returns.
  ///
  /// @return closed by a call that is cancelled meanwhile; null where there is nothing to close yet
  @Nullable Channel connect(Target target, NetworkCall call) {
    if (!target.tls()) {
      return connect(target, null, call);
    }
    CompletableFuture<SslContext> context = tls.context();
    if (context.state() == Future.State.SUCCESS) {
      return connect(target, context.resultNow(), call);
    }
    var _ =
        context.whenComplete((ready, failure) ->
            loop.execute(() -> {
              if (failure == null) {
                call.connect(ready);
              } else {
                call.noTls(failure);
              }
            }));
    return null;
  }

  /// @param secured for a backend that speaks TLS
  /// @return null where this process may open no more sockets
  @Nullable Channel connect(Target target, @Nullable SslContext secured, NetworkCall call) {
    Connection made = new Connection(this, target);
    ChannelFuture connecting =
        bootstrap
            .clone()
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (secured != null) {
                      SslHandler shaking = Tls.handler(secured, channel.alloc(), target);
                      shaking.setHandshakeTimeoutMillis(HANDSHAKE_MILLIS);
                      channel.pipeline().addLast(shaking);
                    }
                    channel.pipeline().addLast(made.decoder(), made);
                  }
                })
            .connect(InetSocketAddress.createUnresolved(target.host(), target.port()));
    if (connecting.cause() != null) {
      // Such a promise belongs to no event loop and would tell on a thread of its own.
      loop.execute(() -> call.notConnected(connecting.cause()));
      return null;
    }
    Channel channel = connecting.channel();
    connecting.addListener(_ -> {
      SslHandler shaking = channel.pipeline().get(SslHandler.class);
      if (!connecting.isSuccess()) {
        call.notConnected(connecting.cause());
      } else if (shaking == null) {
        call.connected(made);
      } else {
        shaking
            .handshakeFuture()
            .addListener(shaken -> {
              if (shaken.isSuccess()) {
                call.connected(made);
              } else {
                var _ = channel.close();
                call.notConnected(shaken.cause());
              }
            });
      }
    });
    return channel;
  }

  void opened(Connection connection) {
    open.add(connection);
    if (over) {
      connection.close();
    }
  }

  void closed(Connection connection) {
    open.remove(connection);
    Deque<Connection> waiting = idle.get(connection.target());
    if (waiting != null) {
      waiting.remove(connection);
    }
  }

  /// Its call is over and left it clean.
  void keep(Connection connection) {
    idle.computeIfAbsent(connection.target(), _ -> new ArrayDeque<>()).addLast(connection);
    if (!sweeping) {
      sweeping = true;
      var _ = loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
    }
  }

  /// Closes what nobody wanted for too long; goes on while anything is kept.
  private void sweep() {
    long now = System.nanoTime();
    for (Iterator<Deque<Connection>> each = idle.values().iterator(); each.hasNext(); ) {
      Deque<Connection> waiting = each.next();
      while (!waiting.isEmpty() && now - waiting.getFirst().idleSince() >= idleNanos) {
        waiting.removeFirst().close();
      }
      if (waiting.isEmpty()) {
        each.remove();
      }
    }
    sweeping = !idle.isEmpty();
    if (sweeping) {
      var _ = loop.schedule(this::sweep, SWEEP_SECONDS, TimeUnit.SECONDS);
    }
  }

  /// From any thread. One that is being made is closed once it is there.
  void closeAll() {
    try {
      loop.execute(() -> {
        over = true;
        List.copyOf(open).forEach(Connection::close);
      });
    } catch (RejectedExecutionException ended) {
      LOG.log(Level.DEBUG, "the event loop ended before, and closed its connections", ended);
    }
  }
}
