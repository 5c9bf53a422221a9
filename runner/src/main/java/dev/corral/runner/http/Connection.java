package dev.corral.runner.http;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/// One connection: a virtual thread reads requests and reads on while they are answered, so that a
/// client that leaves is noticed whatever the engine is doing; another answers them in order.
final class Connection {
  /// Requests that a client may send ahead.
  private static final int AHEAD = 8;

  /// What of a refused body is still read, so that its sender gets to see the refusal.
  private static final long PATIENCE_BYTES = 1024 * 1024;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final byte[] GO_ON =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Socket socket;
  private final String key;
  private final Bodies bodies;
  private final Consumer<Exchange> routes;
  private final BlockingQueue<Optional<Exchange>> asked = new LinkedBlockingQueue<>();
  private final Set<Exchange> open = ConcurrentHashMap.newKeySet();

  Connection(Socket socket, String key, Bodies bodies, Consumer<Exchange> routes) {
    this.socket = socket;
    this.key = key;
    this.bodies = bodies;
    this.routes = routes;
  }

  void start() {
    Thread reader = Thread.ofVirtual().name("read").start(this::read);
    Thread.ofVirtual().name("answer").start(() -> answer(reader));
  }

  private void read() {
    try {
      RequestReader in = new RequestReader(socket.getInputStream(), key, bodies, this::goOn);
      boolean more = true;
      while (more) {
        more =
            switch (in.next()) {
              case RequestReader.Read.Came(Request request) -> {
                ask(new Exchange(request, routes, this::close));
                if (!request.keepsAlive()) {
                  in.skip(Long.MAX_VALUE);
                }
                yield request.keepsAlive() && asked.size() <= AHEAD;
              }
              case RequestReader.Read.Refused(Refusal refusal) -> {
                Request none = new Request("", "", bodies.none(), false);
                Exchange exchange = new Exchange(none, it -> it.refuse(refusal), this::close);
                ask(exchange);
                in.skip(PATIENCE_BYTES);
                exchange.awaitTold();
                yield false;
              }
              case RequestReader.Read.Gone _ -> false;
            };
      }
    } catch (IOException | InterruptedException gone) {
      // Told below, like an ordinary close.
    } finally {
      open.forEach(Exchange::leave);
      asked.add(Optional.empty());
    }
  }

  private void ask(Exchange exchange) {
    open.add(exchange);
    asked.add(Optional.of(exchange));
  }

  private void goOn() {
    try {
      socket.getOutputStream().write(GO_ON);
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }

  private void answer(Thread reader) {
    try (socket) {
      OutputStream out = socket.getOutputStream();
      for (Optional<Exchange> next = asked.take(); next.isPresent(); next = asked.take()) {
        Exchange exchange = next.get();
        boolean goesOn = exchange.tell(out);
        open.remove(exchange);
        if (!goesOn) {
          socket.shutdownOutput();
          var _ = reader.join(PATIENCE);
          return;
        }
      }
    } catch (IOException | InterruptedException gone) {
      // The client has left; its exchanges are told below.
    } finally {
      open.forEach(Exchange::leave);
    }
  }

  private void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      // Closed already, which is what was wanted.
    }
  }
}
