package dev.corral.runner.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/// The listener. Plain sockets and virtual threads: a runner serves a few connections of one
/// client, and must be ready in a moment, with little memory of its own.
public final class Server {
  private static final int BACKLOG = 256;

  private final ServerSocket listener;
  private final Bodies bodies = Bodies.ofThisHeap();

  private Server(ServerSocket listener) {
    this.listener = listener;
  }

  /// Takes the port; whoever connects already waits until the server is open.
  ///
  /// @param address 0 as its port for any free one
  /// @throws IOException the port is taken
  public static Server bind(InetSocketAddress address) throws IOException {
    ServerSocket listener = new ServerSocket();
    listener.bind(address, BACKLOG);
    return new Server(listener);
  }

  /// @param key demanded of every request but `/health`
  public void open(String key, Consumer<Exchange> routes) {
    Thread.ofPlatform().name("listener").start(() -> accept(key, routes));
  }

  public int port() {
    return listener.getLocalPort();
  }

  private void accept(String key, Consumer<Exchange> routes) {
    Thread.ofVirtual().start(Json::warm);
    while (true) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        new Connection(socket, key, bodies, routes).start();
      } catch (IOException e) {
        if (listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
        // One client left between its greeting and ours.
      }
    }
  }
}
