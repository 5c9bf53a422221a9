package dev.corral.hub;

import dev.corral.gguf.ByteSource;
import dev.corral.registry.Ranged;
import dev.corral.registry.Trouble;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The begin of a remote file, for the reader of headers. The first request asks for as much as the
/// reader wants (256 KiB), the second one for all that may be read, and is hung up on as soon as
/// the header has ended. One thread at a time.
final class RangeSource implements ByteSource, AutoCloseable {
  /// No file is read further; the largest known header has 13 MB.
  static final long MOST_BYTES = 16_000_000;

  /// A third one goes on where the second one broke off.
  static final int MOST_REQUESTS = 3;

  /// Handed out at once: more than the header needs is read by at most so much.
  private static final int PIECE = 1 << 20;

  private final Opener opener;
  private final long length;
  private final long deadline;
  private Ranged.@Nullable Part open;
  private @Nullable InputStream stream;

  /// Offset of the next byte of the stream, and where it ends.
  private long at;

  private long ends;
  private long bytesRead;
  private int requests;
  private @Nullable Trouble trouble;

  /// Asks for a range; both ends inclusive.
  @FunctionalInterface
  interface Opener {
    Ranged open(long first, long last);
  }

  /// @param length bytes of the whole file
  /// @param deadline [System#nanoTime()] after which nothing more is read
  RangeSource(Opener opener, long length, long deadline) {
    this.opener = opener;
    this.length = length;
    this.deadline = deadline;
  }

  @Override
  public long length() {
    return length;
  }

  int requests() {
    return requests;
  }

  long bytesRead() {
    return bytesRead;
  }

  /// What the other side did wrong; empty where nothing did, or where our own bounds were reached.
  Optional<Trouble> trouble() {
    return Optional.ofNullable(trouble);
  }

  @Override
  public ByteBuffer read(long offset, int n) throws IOException {
    int wanted = (int) Math.min(Math.min(n, PIECE), Math.min(MOST_BYTES, length) - offset);
    if (wanted <= 0) {
      throw new IOException("the header is longer than what is read of one");
    }
    byte[] bytes = new byte[wanted];
    int filled = 0;
    while (filled < wanted) {
      InputStream in = streamAt(offset + filled, offset == 0 ? offset + n : MOST_BYTES);
      try {
        int count = in.read(bytes, filled, wanted - filled);
        if (count < 0) {
          throw new EOFException("it ended early");
        }
        filled += count;
        at += count;
        bytesRead += count;
      } catch (IOException e) {
        close();
        if (requests == MOST_REQUESTS || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
    }
    return ByteBuffer.wrap(bytes);
  }

  /// Long arrays of numbers are stepped over by the reader; a new request would cost more than
  /// they.
  private boolean passedOver(InputStream in, long bytes) {
    try {
      in.skipNBytes(bytes);
      at += bytes;
      bytesRead += bytes;
      return true;
    } catch (IOException e) {
      return false; // then it is asked for anew
    }
  }

  /// @param end where a new request would end, exclusive
  private InputStream streamAt(long offset, long end) throws IOException {
    if (System.nanoTime() - deadline > 0) {
      throw new SocketTimeoutException("the header came too slowly");
    }
    InputStream there = stream;
    boolean ahead = at <= offset && offset < ends;
    if (there != null && ahead && passedOver(there, offset - at)) {
      return there;
    }
    close();
    if (requests == MOST_REQUESTS) {
      throw new IOException("enough was asked");
    }
    requests++;
    return switch (opener.open(offset, Math.min(end, length) - 1)) {
      case Trouble no -> {
        trouble = no;
        throw new IOException("not given");
      }
      case Ranged.Part part when part.from() != offset -> {
        part.close();
        trouble =
            new Trouble(
                Trouble.Kind.WRONG,
                "the server sends whole files only and was cut off, so the header was not read to"
                    + " its end",
                "");
        throw new IOException("no ranges");
      }
      case Ranged.Part part -> {
        InputStream fresh = part.bytes();
        open = part;
        stream = fresh;
        at = offset;
        ends = part.whole() ? length : Math.min(end, length);
        yield fresh;
      }
    };
  }

  /// Hangs up, whatever is still on its way.
  @Override
  public void close() {
    Ranged.Part part = open;
    open = null;
    stream = null;
    if (part != null) {
      part.close();
    }
  }
}
