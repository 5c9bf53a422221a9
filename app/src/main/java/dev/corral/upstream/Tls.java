package dev.corral.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// What it takes to speak TLS with any backend. Made when the first one is called, and not on an
/// event loop: the machine's list of authorities takes a tenth of a second to read.
final class Tls {
  private @Nullable CompletableFuture<SslContext> made;

  /// Asked for again after a failure, it is tried again.
  synchronized CompletableFuture<SslContext> context() {
    CompletableFuture<SslContext> before = made;
    if (before != null && !before.isCompletedExceptionally()) {
      return before;
    }
    CompletableFuture<SslContext> making = new CompletableFuture<>();
    made = making;
    Thread.ofVirtual().name("tls").start(() -> make(making));
    return making;
  }

  private static void make(CompletableFuture<SslContext> making) {
    try {
      making.complete(
          SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS").build());
    } catch (SSLException | RuntimeException | Error e) {
      making.completeExceptionally(e);
    }
  }

  /// For one connection; certificates are judged beside the event loop.
  static SslHandler handler(SslContext context, ByteBufAllocator memory, Target target) {
    return context.newHandler(
        memory,
        target.host(),
        target.port(),
        task -> Thread.ofVirtual().name("tls " + target.name()).start(task));
  }
}
