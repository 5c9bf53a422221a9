package dev.corral.pull;

import dev.corral.hub.HubFile;
import dev.corral.pull.JoinedSource.Stretch;
import dev.corral.registry.Ranged;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A range of a joined file, over the borders of its parts: one of them is open at a time.
final class JoinedStream extends InputStream {
  private final List<Stretch> stretches;
  private final long end;
  private final Opener opener;
  private long at;
  private Ranged.@Nullable Part open;

  /// Asks for bytes of a part, from one offset up to another.
  @FunctionalInterface
  interface Opener {
    Ranged.Part open(HubFile file, long from, long to) throws IOException;
  }

  /// @param stretches without a hole, from the first byte of the joined file on
  /// @param end behind the last byte that is wanted
  JoinedStream(List<Stretch> stretches, long first, long end, Opener opener) {
    this.stretches = stretches;
    this.at = first;
    this.end = end;
    this.opener = opener;
  }

  /// Opens what the first byte lies in, so that a refusal is known before anybody reads.
  void begin() throws IOException {
    if (at < end && here() instanceof Stretch.Far far) {
      Ranged.Part _ = opened(far);
    }
  }

  private Stretch here() throws EOFException {
    for (Stretch stretch : stretches) {
      if (at >= stretch.from() && at < stretch.to()) {
        return stretch;
      }
    }
    throw new EOFException("it is behind the end");
  }

  private Ranged.Part opened(Stretch.Far far) throws IOException {
    Ranged.Part there = open;
    if (there == null) {
      long from = far.at() + at - far.from();
      there = opener.open(far.file(), from, far.at() + Math.min(end, far.to()) - far.from());
      open = there;
      there.bytes().skipNBytes(from - there.from());
    }
    return there;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (at >= end) {
      return -1;
    }
    Stretch stretch = here();
    int most = (int) Math.min(length, Math.min(end, stretch.to()) - at);
    int count =
        switch (stretch) {
          case Stretch.Own own -> {
            own.bytes().get((int) (at - own.from()), bytes, offset, most);
            yield most;
          }
          case Stretch.Far far -> opened(far).bytes().read(bytes, offset, most);
        };
    if (count < 0) {
      throw new EOFException("a part ended early");
    }
    at += count;
    if (at == stretch.to()) {
      close();
    }
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /// Hangs up; reading on opens anew.
  @Override
  public void close() {
    Ranged.Part there = open;
    open = null;
    if (there != null) {
      there.close();
    }
  }
}
