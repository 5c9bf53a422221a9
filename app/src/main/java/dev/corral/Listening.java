package dev.corral;

import dev.corral.door.Door;
import dev.corral.door.ServerSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.util.concurrent.CompletionException;

/// How this server listens: its event loops, its port, its address.
final class Listening {
  /// More would only pass requests around.
  private static final int MOST_LOOPS = 8;

  /// Callers and backends share the machine: with a loop on each of two cores every other write was
  /// preempted, and fewer requests were served than by one loop alone (`bench/RESULTS.md`).
  private static final int CORES_PER_LOOP = 2;

  /// Netty names connections by a network card, and warns where there is none; nobody here reads
  /// those names.
  private static final String NO_CARD = "00:00:00:00:00:00";

  private Listening() {}

  static int loops() {
    return Math.clamp(Runtime.getRuntime().availableProcessors() / CORES_PER_LOOP, 1, MOST_LOOPS);
  }

  /// Without Vert.x's own cache of class path files: nothing of ours is read through it.
  static Vertx vertx(int loops) {
    System.setProperty("io.netty.machineId", NO_CARD);
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(loops)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false)));
  }

  /// Opens the port.
  ///
  /// @param close ends what was begun where that cannot be done
  /// @return the port, also where any was asked for
  /// @throws Unstartable with who holds it
  static int open(Door door, ServerSettings settings, int loops, Runnable close) {
    String host = settings.host();
    try {
      return door.open(host, settings.port(), loops)
          .toCompletionStage()
          .toCompletableFuture()
          .join();
    } catch (CompletionException e) {
      close.run();
      throw Unstartable.port(host, settings.port(), e.getCause() == null ? e : e.getCause());
    }
  }

  static String url(String host, int port) {
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
