package dev.corral.outbound;

import dev.corral.outbound.NotReached.Why;
import dev.corral.wire.FramedBody;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 request on a connection of its own, and the head of its answer, read strictly.
final class Connection implements Closeable, FramedBody.Lines {
  /// A signed address in a `Location` has a few KiB.
  private static final int LONGEST_LINE = 16 * 1024;

  private static final int MOST_HEADERS = 200;

  /// Interim answers (100, 103) before the real one.
  private static final int MOST_INTERIM = 5;

  /// Large enough that a body is read in few calls, small enough for hundreds of connections.
  private static final int BUFFER = 64 * 1024;

  private final Socket socket;
  private final Origin origin;
  private final Patience patience;
  private final Leash leash;
  private final InputStream in;

  Connection(Socket socket, Origin origin, Patience patience, Leash leash) throws IOException {
    this.socket = socket;
    this.origin = origin;
    this.patience = patience;
    this.leash = leash;
    this.in = new BufferedInputStream(socket.getInputStream(), BUFFER);
    leash.attach(this);
  }

  Response send(Ask ask, String agent) throws IOException {
    URI uri = ask.uri();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", origin.authority());
    headers.put("User-Agent", agent);
    headers.put("Accept", "*/*");
    headers.put("Accept-Encoding", "identity");
    headers.put("Connection", "close");
    headers.putAll(ask.headers());
    Optional<Ask.Credential> credential =
        ask.credential().filter(one -> one.origin().equals(origin));
    credential.ifPresent(one -> headers.put("Authorization", one.authorization()));
    Ask.Payload payload = ask.payload();
    if (payload != null) {
      headers.put("Content-Length", Long.toString(payload.length()));
    }
    write(ask.method() + " " + target, headers, payload);
    Head head = head();
    return new Response(ask, this, in, head.status(), head.headers());
  }

  /// Asks a proxy for a way through.
  ///
  /// @return the status
  int tunnel(Origin to, String authorization) throws IOException {
    String place = to.authority().contains(":") ? to.authority() : to.host() + ":" + to.port();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Host", place);
    if (!authorization.isEmpty()) {
      headers.put("Proxy-Authorization", authorization);
    }
    write("CONNECT " + place, headers, null);
    return head().status();
  }

  private void write(String first, Map<String, String> headers, Ask.@Nullable Payload payload)
      throws IOException {
    StringBuilder head = new StringBuilder(first).append(" HTTP/1.1\r\n");
    headers.forEach((name, value) -> {
      if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
        throw new IllegalArgumentException("A header's value has one line: " + name);
      }
      head.append(name).append(": ").append(value).append("\r\n");
    });
    OutputStream out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    if (payload != null) {
      payload.writeTo(out);
    }
    out.flush();
  }

  private record Head(int status, Map<String, List<String>> headers) {}

  private Head head() throws IOException {
    long end = System.nanoTime() + patience.head().toNanos();
    for (int i = 0; i < MOST_INTERIM; i++) {
      Head head = oneHead(end);
      if (head.status() >= 200) {
        return head;
      }
    }
    throw noHttp();
  }

  private Head oneHead(long end) throws IOException {
    String[] words = line(end).split(" ", 3);
    if (words.length < 2
        || !words[0].matches("HTTP/1\\.[01]")
        || !words[1].matches("[1-5]\\d\\d")) {
      throw noHttp();
    }
    Map<String, List<String>> headers = new LinkedHashMap<>();
    int count = 0;
    for (String line = line(end); !line.isEmpty(); line = line(end)) {
      int colon = line.indexOf(':');
      if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t' || ++count > MOST_HEADERS) {
        throw noHttp();
      }
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return new Head(Integer.parseInt(words[1]), headers);
  }

  /// A line without its end.
  private String line(long end) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("it closed without an answer");
      }
      if (line.length() > LONGEST_LINE) {
        throw noHttp();
      }
      if (System.nanoTime() - end > 0) {
        throw new SocketTimeoutException("the head came too slowly");
      }
      line.append((char) c);
    }
    int length = line.length();
    return length > 0 && line.charAt(length - 1) == '\r'
        ? line.substring(0, length - 1)
        : line.toString();
  }

  /// Reads a body that is wanted as a whole, up to so many bytes: as long as a head may take, so
  /// that nobody holds us by a byte now and then.
  byte[] readInTime(InputStream body, int most) throws IOException {
    long end = System.nanoTime() + patience.head().toNanos();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[BUFFER];
    int count = 0;
    while (count >= 0 && all.size() < most) {
      count = body.read(piece, 0, Math.min(BUFFER, most - all.size()));
      all.write(piece, 0, Math.max(0, count));
      if (System.nanoTime() - end > 0) {
        throw new SocketTimeoutException("the body came too slowly");
      }
    }
    return all.toByteArray();
  }

  /// The length of the next chunk; its line is short.
  @Override
  public String next() throws IOException {
    return line(System.nanoTime() + patience.head().toNanos());
  }

  @Override
  public Broken noHttp() {
    return new Broken(
        Why.BAD_ANSWER,
        origin.authority() + " answers something that is no HTTP",
        "Is it a registry, and is the port right?");
  }

  /// Ends the exchange, in whatever state, from whatever thread.
  @Override
  public void close() {
    leash.release(this);
    try {
      socket.close();
    } catch (IOException _) {
      // It is over either way.
    }
  }
}
