package dev.corral.gguf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// A view on the file that moves forward only and fetches as it goes: 256 KiB first, in which
/// nearly every model has its hyper-parameters, then in steps that let the largest known header (13
/// MB) end within three requests and 16 MB. Holds one step at a time.
final class Window {
  static final int FIRST = 256 << 10;

  /// Ends of the first steps, in bytes from the start of the file: 8 MiB holds the headers of all
  /// large vocabularies but one; 15.25 MiB is just below 16 MB.
  private static final long[] STEPS = {FIRST, 8 << 20, (15 << 20) + (1 << 18)};

  private static final int FURTHER_STEP = 4 << 20;

  private final ByteSource source;
  private final long length;
  private final long end;
  private ByteBuffer bytes;

  /// Offset in the file of the buffer's first byte.
  private long base;

  private long position;

  /// The wish for bytes beyond what this view may fetch, although the file has them.
  static final class Beyond extends Exception {
    private static final long serialVersionUID = 1;

    Beyond() {
      super(null, null, false, false);
    }
  }

  /// @param first bytes from the start of the file that were fetched before; may be empty
  /// @param end nothing is fetched from here on
  Window(ByteSource source, ByteBuffer first, long end) {
    this.source = source;
    this.length = source.length();
    this.end = Math.min(end, length);
    this.bytes = first.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  long position() {
    return position;
  }

  /// The bytes from the start of the file that are at hand; empty once the view has moved on.
  ByteBuffer start() {
    return base == 0 ? bytes.slice(0, bytes.limit()) : ByteBuffer.allocate(0);
  }

  /// Bytes from here to the end of the file.
  long left() {
    return length - position;
  }

  int u8() throws Damage, Beyond {
    return buffer(1).get(advance(1)) & 0xff;
  }

  int u16() throws Damage, Beyond {
    return buffer(2).getShort(advance(2)) & 0xffff;
  }

  int i32() throws Damage, Beyond {
    return buffer(4).getInt(advance(4));
  }

  long i64() throws Damage, Beyond {
    return buffer(8).getLong(advance(8));
  }

  String text(int n) throws Damage, Beyond {
    ByteBuffer view = buffer(n);
    byte[] copy = new byte[n];
    view.get(advance(n), copy);
    return new String(copy, StandardCharsets.UTF_8);
  }

  /// A hash of the next `n` bytes, 64 bits (FNV-1a), so that a vocabulary need not be kept to find
  /// a token that stands in it twice.
  long hash(int n) throws Damage, Beyond {
    ByteBuffer view = buffer(n);
    int from = advance(n);
    long hash = 0xcbf29ce484222325L;
    for (int i = from; i < from + n; i++) {
      hash = (hash ^ (view.get(i) & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }

  /// Goes forward without fetching what lies between.
  void skip(long n) throws Damage, Beyond {
    if (n > left()) {
      throw truncated();
    }
    position += n;
    if (position > end) {
      throw new Beyond();
    }
  }

  /// Index in the buffer of the bytes that [#buffer(int)] made sure of; steps over them.
  private int advance(int n) {
    int index = (int) (position - base);
    position += n;
    return index;
  }

  private ByteBuffer buffer(int n) throws Damage, Beyond {
    if (n > left()) {
      throw truncated();
    }
    if (position + n > end) {
      throw new Beyond();
    }
    if (position + n > base + bytes.limit()) {
      fetch(n);
    }
    return bytes;
  }

  private void fetch(int n) throws Damage {
    long have = Math.max(position, base + bytes.limit());
    int kept = (int) Math.max(0, base + bytes.limit() - position);
    int wanted = (int) (stepEnd(have, position + n) - have);
    ByteBuffer next = ByteBuffer.allocate(kept + wanted).order(ByteOrder.LITTLE_ENDIAN);
    if (kept > 0) {
      next.put(bytes.slice((int) (position - base), kept));
    }
    try {
      while (next.position() < n) {
        ByteBuffer part = source.read(position + next.position(), next.remaining());
        if (!part.hasRemaining() || part.remaining() > next.remaining()) {
          throw new Damage(Fault.UNREADABLE, "The source gave no bytes where the file has some.");
        }
        next.put(part);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new Damage(
          Fault.UNREADABLE,
          "The file cannot be read (" + e.getClass().getSimpleName() + "). Try again.");
    }
    bytes = next.flip();
    base = position;
  }

  private long stepEnd(long have, long atLeast) {
    long step = have + FURTHER_STEP;
    for (long known : STEPS) {
      if (known > have) {
        step = known;
        break;
      }
    }
    return Math.min(end, Math.max(step, atLeast));
  }

  private Damage truncated() {
    return new Damage(
        Fault.TRUNCATED,
        "The file ends after "
            + length
            + " bytes, in the middle of its header. It was not downloaded or copied to its end;"
            + " fetch it again.");
  }
}
