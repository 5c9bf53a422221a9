package dev.corral.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Socket;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/// One accepted connection of a node: one virtual thread reads requests and keeps reading while
/// they are answered, so that a client that leaves is noticed at once; another answers them in
/// order.
final class Connection {
  private final Socket socket;
  private final Node node;
  private final BlockingQueue<Optional<Exchange>> asked = new LinkedBlockingQueue<>();
  private final Set<Exchange> open = ConcurrentHashMap.newKeySet();

  Connection(Socket socket, Node node) {
    this.socket = socket;
    this.node = node;
  }

  void start() {
    Thread.ofVirtual().name("testkit-read").start(this::readAll);
    Thread.ofVirtual().name("testkit-answer").start(this::answerAll);
  }

  private void readAll() {
    try {
      HttpReader in = new HttpReader(socket.getInputStream());
      Optional<Received> request = read(in);
      while (request.isPresent()) {
        Exchange exchange = new Exchange(request.get());
        open.add(exchange);
        node.record(exchange);
        asked.add(Optional.of(exchange));
        request = read(in);
      }
    } catch (HttpReader.TooLong tooLong) {
      refuse("431 Request Header Fields Too Large");
    } catch (ProtocolException malformed) {
      refuse("400 Bad Request");
    } catch (IOException gone) {
      // A reset is the same to us as a close: the client no longer listens.
    } finally {
      // Ollama takes a half-closed socket for a disconnect too (ollama-live.md 37).
      open.forEach(exchange -> exchange.end(Exchange.Fate.CANCELLED));
      asked.add(Optional.empty());
    }
  }

  private Optional<Received> read(HttpReader in) throws IOException {
    String line = in.line();
    while (line != null && line.isEmpty()) {
      line = in.line();
    }
    if (line == null) {
      return Optional.empty();
    }
    String[] words = line.split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new ProtocolException("Not a request line: " + line);
    }
    Headers headers = in.headers();
    if (words[2].equals("HTTP/1.0") && !headers.says("Connection", "keep-alive")) {
      headers = headers.with("Connection", "close");
    }
    if (headers.says("Expect", "100-continue")) {
      socket.getOutputStream().write(Wire.ascii("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    Body body = body(in, headers);
    return Optional.of(new Received(words[0], words[1], headers, body, System.nanoTime()));
  }

  private static Body body(HttpReader in, Headers headers) throws IOException {
    if (headers.says("Transfer-Encoding", "chunked")) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      byte[] chunk = in.chunk();
      while (chunk != null) {
        all.write(chunk);
        chunk = in.chunk();
      }
      return Body.of(all.toByteArray());
    }
    Optional<String> length = headers.first("Content-Length");
    if (length.isEmpty()) {
      return Body.EMPTY;
    }
    try {
      return Body.of(in.exactly(Integer.parseUnsignedInt(length.get())));
    } catch (NumberFormatException notANumber) {
      throw new ProtocolException("Not a length: " + length.get());
    }
  }

  private void refuse(String status) {
    try {
      socket
          .getOutputStream()
          .write(
              Wire.ascii(
                  "HTTP/1.1 "
                      + status
                      + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
                      + status));
    } catch (IOException gone) {
      // Nobody is left to be told.
    }
  }

  private void answerAll() {
    try (socket) {
      Optional<Exchange> next = asked.take();
      while (next.isPresent()) {
        Exchange exchange = next.get();
        Wire wire = new Wire(socket, exchange);
        node.serve(exchange, wire);
        open.remove(exchange);
        if (!wire.reusable()) {
          return;
        }
        next = asked.take();
      }
    } catch (IOException gone) {
      // Closing what is already gone.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      node.forget(this);
    }
  }

  /// Ends the connection without a word; with a reset when `hard`.
  void close(boolean hard) {
    try {
      if (hard) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException gone) {
      // Already closed, which is what was wanted.
    }
  }
}
