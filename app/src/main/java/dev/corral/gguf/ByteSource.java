package dev.corral.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where the bytes of a file come from: a disk, an array, or ranges that are fetched on demand.
public interface ByteSource {
  /// Bytes of the whole file, also where only a part of it can be read.
  long length();

  /// At least one and at most `n` bytes from `offset` on, between the buffer's position and limit.
  /// A source may give fewer than asked; the reader asks again for the rest.
  ///
  /// @throws IOException where the bytes cannot be had; its text is not shown to callers
  ByteBuffer read(long offset, int n) throws IOException;

  /// Bytes that are in memory already.
  static ByteSource of(byte[] bytes) {
    return new ByteSource() {
      @Override
      public long length() {
        return bytes.length;
      }

      @Override
      public ByteBuffer read(long offset, int n) {
        int from = Math.toIntExact(offset);
        return ByteBuffer.wrap(bytes, from, Math.min(n, bytes.length - from));
      }
    };
  }
}
