package dev.corral.wire;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The body of an HTTP/1.1 answer, for a reader that blocks: so many bytes and no fewer, or chunks
/// with their framing taken off, which end with the chunk of length 0 and nothing else. Does not
/// close the connection that it reads.
public final class FramedBody extends InputStream {
  /// Fifteen digits are all that a `long` holds without a sign.
  private static final String SIZE = "[0-9a-fA-F]{1,15}";

  /// How the connection reads the lines between chunks.
  public interface Lines {
    /// The next line without its end.
    String next() throws IOException;

    /// What is thrown where the line is none that belongs there.
    IOException noHttp();
  }

  private final InputStream in;
  private final @Nullable Lines lines;
  private long left;
  private boolean first = true;
  private boolean ended;

  private FramedBody(InputStream in, long left, @Nullable Lines lines) {
    this.in = in;
    this.left = left;
    this.lines = lines;
  }

  public static InputStream exactly(InputStream in, long length) {
    return new FramedBody(in, length, null);
  }

  public static InputStream chunked(InputStream in, Lines lines) {
    return new FramedBody(in, 0, lines);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (left == 0 && !nextChunk()) {
      return -1;
    }
    int read = in.read(target, offset, (int) Math.min(count, left));
    if (read < 0) {
      throw new EOFException("the connection was cut");
    }
    left -= read;
    return read;
  }

  private boolean nextChunk() throws IOException {
    if (lines == null || ended) {
      return false;
    }
    if (!first && !lines.next().isEmpty()) {
      throw lines.noHttp();
    }
    first = false;
    String size = lines.next().split(";", 2)[0].strip();
    if (!size.matches(SIZE)) {
      throw lines.noHttp();
    }
    left = Long.parseLong(size, 16);
    ended = left == 0;
    return !ended;
  }
}
