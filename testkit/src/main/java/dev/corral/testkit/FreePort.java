package dev.corral.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of loopback that stay free until they are bound: they lie below those that systems lend to
/// outgoing connections and to port 0 (from 32768 on Linux, from 49152 elsewhere), so that nobody
/// gets one by chance in between.
public final class FreePort {
  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;
  private static final int TRIES = 200;

  private FreePort() {}

  /// A port that nobody holds now.
  public static int find() {
    try (ServerSocket socket = listen(1)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Listens on such a port.
  static ServerSocket listen(int backlog) {
    for (int i = 0; i < TRIES; i++) {
      int port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
      try {
        return bind(port, backlog);
      } catch (IOException taken) {
        // Another one, then.
      }
    }
    throw new IllegalStateException("No free port from " + FIRST + " on");
  }

  /// @throws IOException where the port is taken
  static ServerSocket bind(int port, int backlog) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), backlog);
      return socket;
    } catch (IOException taken) {
      socket.close();
      throw taken;
    }
  }
}
