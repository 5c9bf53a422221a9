package dev.corral.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads HTTP/1.1 from a stream of bytes: lines, headers, bodies, chunks. Blocking.
final class HttpReader {
  /// Go's limit for a head; beyond it Ollama answers 431.
  private static final int HEAD_LIMIT = 1 << 20;

  /// Up to this size a body is read into one array, so that there is never a second copy of it.
  private static final int MOST_AT_ONCE = 64 << 20;

  private final InputStream in;

  HttpReader(InputStream in) {
    this.in = new BufferedInputStream(in, 1 << 16);
  }

  /// The next line without its end, or null where the stream ended before its first byte.
  @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      int next = in.read();
      if (next < 0) {
        if (line.size() == 0) {
          return null;
        }
        throw new EOFException("The connection ended in the middle of a line: " + line);
      }
      if (next == '\n') {
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
      }
      line.write(next);
      if (line.size() > HEAD_LIMIT) {
        throw new TooLong();
      }
    }
  }

  /// Header lines up to the empty line.
  Headers headers() throws IOException {
    List<String> lines = new ArrayList<>();
    int size = 0;
    while (true) {
      String line = line();
      if (line == null) {
        throw new EOFException("The connection ended in the middle of the headers");
      }
      if (line.isEmpty()) {
        return Headers.parse(lines);
      }
      size += line.length();
      if (size > HEAD_LIMIT) {
        throw new TooLong();
      }
      lines.add(line);
    }
  }

  /// Exactly `count` bytes.
  byte[] exactly(int count) throws IOException {
    if (count > MOST_AT_ONCE) {
      return grown(count);
    }
    byte[] bytes = new byte[count];
    return whole(bytes, in.readNBytes(bytes, 0, count), count);
  }

  /// What may be a lie takes memory as it comes.
  private byte[] grown(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    return whole(bytes, bytes.length, count);
  }

  private static byte[] whole(byte[] bytes, int read, int count) throws EOFException {
    if (read < count) {
      throw new EOFException("The connection ended after " + read + " of " + count + " bytes");
    }
    return bytes;
  }

  /// What is there now, at most `limit` bytes; null at the end of the stream.
  byte @Nullable [] some(int limit) throws IOException {
    byte[] buffer = new byte[limit];
    int read = in.read(buffer);
    return read < 0 ? null : java.util.Arrays.copyOf(buffer, read);
  }

  /// The next chunk of a chunked body; null for the last one, whose trailers are read too.
  byte @Nullable [] chunk() throws IOException {
    String line = line();
    if (line == null) {
      throw new EOFException("The connection ended without the last chunk");
    }
    int extension = line.indexOf(';');
    String digits = (extension < 0 ? line : line.substring(0, extension)).strip();
    int size;
    try {
      size = Integer.parseInt(digits, 16);
    } catch (NumberFormatException notHex) {
      throw new ProtocolException("Not the size of a chunk: '" + digits + "'");
    }
    if (size < 0) {
      throw new ProtocolException("Not the size of a chunk: '" + digits + "'");
    }
    if (size == 0) {
      headers();
      return null;
    }
    byte[] bytes = exactly(size);
    String end = line();
    if (end == null || !end.isEmpty()) {
      throw new ProtocolException("A chunk of " + size + " bytes is not followed by a line end");
    }
    return bytes;
  }

  /// A head beyond the limit.
  static final class TooLong extends IOException {
    private static final long serialVersionUID = 1L;

    TooLong() {
      super("The head is longer than " + HEAD_LIMIT + " bytes");
    }
  }
}
