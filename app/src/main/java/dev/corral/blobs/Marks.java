package dev.corral.blobs;

import dev.corral.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32C;

/// Checksums of a blob's pieces, kept beside the store, so that of a damaged blob only the damaged
/// pieces need be fetched again. They tell where a disk has failed and prove nothing: what is right
/// is decided by the digest of the whole. Hence CRC-32C, which costs a download nothing.
///
/// @param size of the blob
/// @param sums of its pieces of [#PIECE] bytes, the last one shorter
public record Marks(long size, List<Integer> sums) {
  /// Bytes of a piece.
  public static final long PIECE = 64L << 20;

  private static final String HEAD = "corral-marks 1 ";
  private static final int BUFFER = 1 << 20;

  public Marks {
    sums = List.copyOf(sums);
    if (sums.size() != pieces(size)) {
      throw new IllegalArgumentException("each piece has one mark");
    }
  }

  /// A piece of a blob.
  ///
  /// @param to behind its last byte
  public record Piece(long from, long to) {}

  private static long pieces(long size) {
    return (size + PIECE - 1) / PIECE;
  }

  /// Of bytes that come in order.
  public static final class Making {
    private final List<Integer> sums = new ArrayList<>();
    private final CRC32C sum = new CRC32C();
    private long size;

    /// Takes what remains in the buffer, and leaves it there.
    public void update(ByteBuffer bytes) {
      ByteBuffer rest = bytes.duplicate();
      while (rest.hasRemaining()) {
        int count = (int) Math.min(rest.remaining(), PIECE - size % PIECE);
        sum.update(rest.slice(rest.position(), count));
        rest.position(rest.position() + count);
        size += count;
        if (size % PIECE == 0) {
          close();
        }
      }
    }

    private void close() {
      sums.add((int) sum.getValue());
      sum.reset();
    }

    /// Those of all that came; nothing may come afterwards.
    public Marks end() {
      if (size % PIECE != 0) {
        close();
      }
      return new Marks(size, sums);
    }
  }

  /// The pieces that a file does not have as they were.
  ///
  /// @param stopped asked before each piece; once it says yes, what was found so far is returned
  /// @throws StoreFailure where no more than an error can be read
  public List<Piece> damaged(Path file, BooleanSupplier stopped) throws StoreFailure {
    List<Piece> damaged = new ArrayList<>();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int i = 0; i < sums.size() && !stopped.getAsBoolean(); i++) {
        Piece piece = new Piece(i * PIECE, Math.min(size, (i + 1) * PIECE));
        if (!same(channel, piece, sums.get(i))) {
          damaged.add(piece);
        }
      }
    } catch (IOException e) {
      throw Disk.failure("read a blob", e);
    }
    return damaged;
  }

  /// What cannot be read is damaged too: disks fail so.
  private static boolean same(FileChannel channel, Piece piece, int wanted) {
    CRC32C sum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      long at = piece.from();
      while (at < piece.to()) {
        buffer.clear().limit((int) Math.min(BUFFER, piece.to() - at));
        int count = channel.read(buffer, at);
        if (count <= 0) {
          return false;
        }
        sum.update(buffer.flip());
        at += count;
      }
      return (int) sum.getValue() == wanted;
    } catch (IOException e) {
      return false;
    }
  }

  byte[] text() {
    StringBuilder text = new StringBuilder(HEAD).append(size).append('\n');
    sums.forEach(sum -> text.append(Integer.toHexString(sum)).append('\n'));
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Empty where it is no such file, or one that was cut off.
  static Optional<Marks> parse(byte[] bytes) {
    List<String> lines = new String(bytes, StandardCharsets.US_ASCII).lines().toList();
    if (lines.isEmpty() || !lines.getFirst().matches(HEAD + "\\d{1,18}")) {
      return Optional.empty();
    }
    try {
      long size = Long.parseLong(lines.getFirst().substring(HEAD.length()));
      List<Integer> sums =
          lines.stream().skip(1).map(line -> Integer.parseUnsignedInt(line, 16)).toList();
      return Optional.of(new Marks(size, sums));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// Those of a file that is known to be whole.
  public static Marks of(Path file) throws StoreFailure {
    Making making = new Making();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        making.update(buffer.flip());
      }
      return making.end();
    } catch (IOException e) {
      throw Disk.failure("read a blob", e);
    }
  }

  static String fileName(Digest digest) {
    return "sha256-" + digest.hex();
  }
}
