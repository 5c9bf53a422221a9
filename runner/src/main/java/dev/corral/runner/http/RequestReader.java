package dev.corral.runner.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the requests of one connection: HTTP/1.1, bounded in head and body. The key is demanded
/// before anything of a body is read; `/health` alone is open.
final class RequestReader {
  private static final int LONGEST_HEAD = 32 * 1024;
  private static final String BEARER = "Bearer ";

  /// What came.
  sealed interface Read {
    record Came(Request request) implements Read {}

    /// Nothing that could be answered; whatever follows is not looked at.
    record Refused(Refusal refusal) implements Read {}

    record Gone() implements Read {}
  }

  private static final class Malformed extends IOException {
    private static final long serialVersionUID = 1;
  }

  /// A body that grows, and for which there is no room now.
  private static final class NoRoom extends IOException {
    private static final long serialVersionUID = 1;
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1;
  }

  private final InputStream in;
  private final byte[] key;
  private final Bodies bodies;
  private final Runnable goOn;
  private int headLeft;

  /// @param goOn tells a client that waits for `100 Continue` to send its body
  RequestReader(InputStream in, String key, Bodies bodies, Runnable goOn) {
    this.in = new BufferedInputStream(in);
    this.key = key.getBytes(StandardCharsets.UTF_8);
    this.bodies = bodies;
    this.goOn = goOn;
  }

  /// Waits for the next request.
  Read next() throws IOException, InterruptedException {
    headLeft = LONGEST_HEAD;
    try {
      String line = line();
      while (line != null && line.isEmpty()) {
        line = line();
      }
      return line == null ? new Read.Gone() : request(line.split(" ", -1));
    } catch (Malformed _) {
      return new Read.Refused(
          Refusal.invalid("The request is no HTTP/1.1 that can be read, or its head is too long"));
    } catch (TooLarge _) {
      return new Read.Refused(Refusal.tooLarge(bodies.largest()));
    } catch (NoRoom _) {
      return new Read.Refused(Refusal.noRoom());
    }
  }

  private Read request(String[] words) throws IOException, InterruptedException {
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new Malformed();
    }
    Map<String, String> headers = headers();
    int query = words[1].indexOf('?');
    String path = query < 0 ? words[1] : words[1].substring(0, query);
    if (!path.equals("/health") && !holdsKey(headers)) {
      return new Read.Refused(Refusal.wrongKey());
    }
    String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
    boolean keeps =
        words[2].equals("HTTP/1.0") ? connection.equals("keep-alive") : !connection.equals("close");
    Bodies.Body body = room(headers);
    try {
      read(headers, body);
      return new Read.Came(new Request(words[0], path, body, keeps));
    } catch (Throwable e) {
      // A heap that is full too: its room would be gone for good.
      body.close();
      throw e;
    }
  }

  /// Waits for as much as the head says that there will be.
  private Bodies.Body room(Map<String, String> headers) throws IOException, InterruptedException {
    String length = headers.get("content-length");
    if (length == null) {
      return bodies.none();
    }
    if (headers.containsKey("transfer-encoding") || !length.matches("\\d{1,18}")) {
      throw new Malformed();
    }
    if (Long.parseLong(length) > bodies.largest()) {
      throw new TooLarge();
    }
    return bodies.await(Integer.parseInt(length));
  }

  /// Compared in a time that does not depend on the key.
  private boolean holdsKey(Map<String, String> headers) {
    String authorization = headers.getOrDefault("authorization", "");
    String given =
        authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
            ? authorization.substring(BEARER.length())
            : headers.getOrDefault("x-api-key", "");
    return MessageDigest.isEqual(key, given.getBytes(StandardCharsets.UTF_8));
  }

  /// Names in lower case. What stands twice is a mistake, or a trick.
  private Map<String, String> headers() throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = need(); !line.isEmpty(); line = need()) {
      int colon = line.indexOf(':');
      if (colon < 1 || line.charAt(colon - 1) == ' ') {
        throw new Malformed();
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      if (headers.put(name, line.substring(colon + 1).strip()) != null && framing(name)) {
        throw new Malformed();
      }
    }
    return headers;
  }

  private static boolean framing(String name) {
    return name.equals("content-length") || name.equals("transfer-encoding");
  }

  private void read(Map<String, String> headers, Bodies.Body body) throws IOException {
    String length = headers.get("content-length");
    String coding = headers.get("transfer-encoding");
    if (length == null && coding == null) {
      return;
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      goOn.run();
    }
    body.fill(
        coding == null ? exactly(Integer.parseInt(String.valueOf(length))) : chunks(coding, body));
  }

  private byte[] chunks(String coding, Bodies.Body room) throws IOException {
    if (!coding.equalsIgnoreCase("chunked")) {
      throw new Malformed();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int size = chunkSize();
    while (size > 0) {
      if (all.size() + size > bodies.largest()) {
        throw new TooLarge();
      }
      if (!bodies.grow(room, size)) {
        throw new NoRoom();
      }
      all.writeBytes(exactly(size));
      if (!need().isEmpty()) {
        throw new Malformed();
      }
      size = chunkSize();
    }
    headers(); // trailers
    return all.toByteArray();
  }

  private int chunkSize() throws IOException {
    headLeft = LONGEST_HEAD;
    String line = need();
    int extension = line.indexOf(';');
    String size = extension < 0 ? line : line.substring(0, extension);
    if (!size.strip().matches("[0-9a-fA-F]{1,7}")) {
      throw new Malformed();
    }
    return Integer.parseInt(size.strip(), 16);
  }

  private byte[] exactly(int length) throws IOException {
    // Room was made for it. What grows while it is read would be copied, and take twice as much.
    byte[] bytes = new byte[length];
    if (in.readNBytes(bytes, 0, length) < length) {
      throw new IOException("the client left in the middle of its request");
    }
    return bytes;
  }

  private String need() throws IOException {
    String line = line();
    if (line == null) {
      throw new IOException("the client left in the middle of its request");
    }
    return line;
  }

  /// One line without its end; null at the end of the connection.
  private @Nullable String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return null;
      }
      if (--headLeft < 0) {
        throw new Malformed();
      }
      line.append((char) c);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  /// Reads on without looking, until the client closes or so much has come.
  void skip(long most) throws IOException {
    byte[] thrown = new byte[8192];
    long left = most;
    int count = in.read(thrown);
    while (count >= 0 && left > 0) {
      left -= count;
      count = in.read(thrown);
    }
  }
}
