package dev.corral.testkit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// The bytes of a blob: given ones, or as many as wanted that are computed when they are read, so
/// that a blob of gigabytes needs no memory.
public abstract sealed class Content {
  private static final int PIECE = 1 << 16;

  /// Bytes in all.
  public abstract long size();

  /// @param length as many as there are from `from` on, at least
  abstract byte[] slice(long from, int length);

  public static Content of(byte[] bytes) {
    return new Given(bytes.clone());
  }

  public static Content of(String text) {
    return new Given(Body.of(text).bytes());
  }

  /// Bytes without a pattern, the same ones for the same seed.
  public static Content random(long size, long seed) {
    return new Computed(size, seed);
  }

  /// These bytes, then zeros up to `size`: a file with a real header and weights that nobody looks
  /// at.
  public static Content headed(byte[] head, long size) {
    return new Headed(head.clone(), size);
  }

  /// `sha256:` and 64 hex digits.
  public final String digest() {
    MessageDigest hash = sha256();
    for (long at = 0; at < size(); at += PIECE) {
      hash.update(slice(at, (int) Math.min(PIECE, size() - at)));
    }
    return "sha256:" + HexFormat.of().formatHex(hash.digest());
  }

  /// All of it, for what fits into memory.
  public final byte[] bytes() {
    return slice(0, Math.toIntExact(size()));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static final class Given extends Content {
    private final byte[] bytes;

    Given(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    byte[] slice(long from, int length) {
      return Arrays.copyOfRange(bytes, (int) from, (int) from + length);
    }
  }

  private static final class Headed extends Content {
    private final byte[] head;
    private final long size;

    Headed(byte[] head, long size) {
      this.head = head;
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    byte[] slice(long from, int length) {
      byte[] bytes = new byte[length];
      if (from < head.length) {
        int there = Math.min(length, head.length - (int) from);
        System.arraycopy(head, (int) from, bytes, 0, there);
      }
      return bytes;
    }
  }

  private static final class Computed extends Content {
    /// The step of SplitMix64, whose n-th number can be had without those before it.
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final long size;
    private final long seed;

    Computed(long size, long seed) {
      this.size = size;
      this.seed = seed;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    byte[] slice(long from, int length) {
      long first = from / Long.BYTES;
      int skipped = (int) (from % Long.BYTES);
      int words = (skipped + length + Long.BYTES - 1) / Long.BYTES;
      ByteBuffer buffer = ByteBuffer.allocate(words * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < words; i++) {
        buffer.putLong(mixed(seed + (first + i + 1) * GOLDEN));
      }
      return Arrays.copyOfRange(buffer.array(), skipped, skipped + length);
    }

    private static long mixed(long number) {
      long one = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
      long two = (one ^ (one >>> 27)) * 0x94D049BB133111EBL;
      return two ^ (two >>> 31);
    }
  }
}
