package dev.corral.outbound;

import dev.corral.outbound.NotReached.Why;
import dev.corral.wire.FramedBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The head of an answer, and its body while it comes. Whoever got it closes it.
public final class Response implements Reached, AutoCloseable {
  private final Ask ask;
  private final Connection connection;
  private final InputStream in;
  private final int status;
  private final Map<String, List<String>> headers;
  private final long length;
  private final boolean chunked;

  /// @throws Broken where the head contradicts itself, or says what was not asked for
  Response(
      Ask ask, Connection connection, InputStream in, int status, Map<String, List<String>> headers)
      throws IOException {
    this.ask = ask;
    this.connection = connection;
    this.in = in;
    this.status = status;
    this.headers = Map.copyOf(headers);
    this.length = announced(connection);
    this.chunked = headers.containsKey("transfer-encoding");
    String coding = header("transfer-encoding").orElse("chunked");
    if (!coding.equalsIgnoreCase("chunked") || (chunked && length >= 0)) {
      throw connection.noHttp();
    }
    String encoding = header("content-encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      throw new Broken(
          Why.BAD_ANSWER,
          uri().getHost()
              + " sends its answer packed ("
              + printable(encoding)
              + "), which was not"
              + " asked for",
          "Something on the way changes answers; tell whoever runs it.");
    }
  }

  private long announced(Connection from) throws IOException {
    List<String> lengths = headers.getOrDefault("content-length", List.of());
    if (lengths.isEmpty()) {
      return -1;
    }
    if (new HashSet<>(lengths).size() > 1 || !lengths.getFirst().matches("\\d{1,18}")) {
      throw from.noHttp();
    }
    return Long.parseLong(lengths.getFirst());
  }

  private static String printable(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() > 40 ? plain.substring(0, 40) + "…" : plain;
  }

  public int status() {
    return status;
  }

  /// Where the answer came from in the end.
  public URI uri() {
    return ask.uri();
  }

  /// The first header of that name.
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /// All headers of that name, in their order.
  public List<String> headers(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /// Bytes of the body as announced; -1 where they are not.
  public long length() {
    return length;
  }

  /// Where a redirect leads to; empty for any other answer.
  Optional<String> location() {
    boolean redirect =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    return redirect ? header("location") : Optional.empty();
  }

  /// The body. Its reader fails where it ends before the announced end, or stands still for too
  /// long.
  public InputStream body() {
    if (ask.method().equals("HEAD") || status == 204 || status == 304) {
      return InputStream.nullInputStream();
    }
    if (chunked) {
      return FramedBody.chunked(in, connection);
    }
    return length < 0 ? in : FramedBody.exactly(in, length);
  }

  /// The whole body, where it has at most so many bytes; empty where it has more. Fails where it
  /// comes more slowly than a head may.
  public Optional<byte[]> bytes(int most) throws IOException {
    if (length > most) {
      return Optional.empty();
    }
    byte[] bytes = connection.readInTime(body(), most + 1);
    return bytes.length > most ? Optional.empty() : Optional.of(bytes);
  }

  /// The begin of the body as text, for a message; empty where it cannot be read.
  public String text(int most) {
    try {
      return new String(connection.readInTime(body(), most), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  /// Ends the exchange, also while another thread reads.
  @Override
  public void close() {
    connection.close();
  }
}
