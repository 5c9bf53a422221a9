package dev.corral.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/// One kept-alive HTTP/1.1 connection, either end of it. Reads messages, not streams of bytes, and
/// costs little: what measures shares the cores with what is measured.
final class Pipe implements AutoCloseable {
  private static final int CONNECT_MILLIS = 5_000;

  /// Nothing here is silent for longer.
  private static final int READ_MILLIS = 90_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /// @param first the first line
  /// @param length of the body, or -1 for one in chunks
  record Head(String first, long length) {
    int status() {
      return Integer.parseInt(first.split(" ", 3)[1]);
    }
  }

  Pipe(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_MILLIS);
    this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    this.out = socket.getOutputStream();
  }

  static Pipe to(int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
    return new Pipe(socket);
  }

  static byte[] post(String path, byte[] body) {
    byte[] head =
        ascii(
            "POST "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + body.length
                + "\r\n\r\n");
    byte[] request = new byte[head.length + body.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(body, 0, request, head.length, body.length);
    return request;
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  Head head() throws IOException {
    String first = line();
    long length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:");
    }
    return new Head(first, chunked ? -1 : length);
  }

  /// The body of known length.
  byte[] body(Head head) throws IOException {
    byte[] body = in.readNBytes((int) head.length());
    if (body.length < head.length()) {
      throw new EOFException("the body was cut");
    }
    return body;
  }

  void skipBody(Head head) throws IOException {
    in.skipNBytes(head.length());
  }

  /// Hands over each chunk's text as it comes, until the last.
  void chunks(Consumer<String> reader) throws IOException {
    while (true) {
      int size = Integer.parseInt(line(), 16);
      byte[] text = in.readNBytes(size + 2);
      if (text.length < size + 2) {
        throw new EOFException("the stream was cut");
      }
      if (size == 0) {
        return;
      }
      reader.accept(new String(text, 0, size, StandardCharsets.US_ASCII));
    }
  }

  /// Waits until the other end closes.
  void awaitEnd() throws IOException {
    while (in.read() >= 0) {
      // Nothing is expected to come.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(80);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
