package dev.corral.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/// The writing side of one exchange, byte by byte. A write that fails means that the client has
/// left.
final class Wire {
  private static final Map<Integer, String> REASONS =
      Map.ofEntries(
          Map.entry(200, "OK"),
          Map.entry(201, "Created"),
          Map.entry(204, "No Content"),
          Map.entry(301, "Moved Permanently"),
          Map.entry(302, "Found"),
          Map.entry(307, "Temporary Redirect"),
          Map.entry(308, "Permanent Redirect"),
          Map.entry(400, "Bad Request"),
          Map.entry(401, "Unauthorized"),
          Map.entry(403, "Forbidden"),
          Map.entry(404, "Not Found"),
          Map.entry(405, "Method Not Allowed"),
          Map.entry(429, "Too Many Requests"),
          Map.entry(500, "Internal Server Error"),
          Map.entry(501, "Not Implemented"),
          Map.entry(502, "Bad Gateway"),
          Map.entry(503, "Service Unavailable"),
          Map.entry(504, "Gateway Timeout"));

  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT);

  private final Socket socket;
  private final Exchange exchange;
  private boolean reusable;

  Wire(Socket socket, Exchange exchange) {
    this.socket = socket;
    this.exchange = exchange;
    this.reusable = !exchange.request().headers().says("Connection", "close");
  }

  /// Whether another request may follow on this connection.
  boolean reusable() {
    return reusable && !socket.isClosed();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /// Go's order: the handler's own headers, then `Date`, then `framing`, with `Connection` between.
  byte[] head(int status, Headers headers, Headers framing) {
    StringBuilder head = new StringBuilder();
    head.append("HTTP/1.1 ").append(status).append(' ');
    head.append(REASONS.getOrDefault(status, "Status")).append("\r\n");
    head.append(headers.sorted().wire());
    head.append("Date: ").append(ZonedDateTime.now(ZoneOffset.UTC).format(HTTP_DATE));
    head.append("\r\n");
    boolean chunked = framing.has("Transfer-Encoding");
    if (!chunked) {
      head.append(framing.wire());
    }
    if (!reusable) {
      head.append("Connection: close\r\n");
    }
    if (chunked) {
      head.append(framing.wire());
    }
    return ascii(head.append("\r\n").toString());
  }

  /// A head whose lines are all given.
  static byte[] verbatim(int status, Headers headers) {
    String first = "HTTP/1.1 " + status + " " + REASONS.getOrDefault(status, "Status") + "\r\n";
    return ascii(first + headers.wire() + "\r\n");
  }

  static byte[] chunk(byte[] bytes) {
    return join(ascii(Integer.toHexString(bytes.length) + "\r\n"), bytes, ascii("\r\n"));
  }

  static byte[] lastChunk() {
    return ascii("0\r\n\r\n");
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /// Writes more of the answer.
  void write(byte[] bytes) {
    try {
      if (exchange.cancelled()) {
        throw new Exchange.Over();
      }
      socket.getOutputStream().write(bytes);
    } catch (IOException gone) {
      exchange.writeFailed();
      throw new Exchange.Over();
    }
  }

  /// Writes the end of the answer. The exchange counts as answered before the bytes leave, because
  /// the client may close the moment it has them.
  void finish(byte[] bytes) {
    if (exchange.end(Exchange.Fate.ANSWERED)) {
      write(bytes);
    }
  }

  /// Ends the connection on purpose.
  Exchange.Over cut(boolean reset) {
    exchange.end(Exchange.Fate.BROKEN);
    reusable = false;
    try {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException gone) {
      // Already closed, which is what was wanted.
    }
    return new Exchange.Over();
  }

  /// The answer ended early but in order: the connection lives on.
  Exchange.Over endEarly(byte[] bytes) {
    exchange.end(Exchange.Fate.BROKEN);
    write(bytes);
    return new Exchange.Over();
  }
}
