package dev.corral.gguf;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file on disk. Owned and closed by whoever opened it; never written.
public final class FileBytes implements ByteSource, Closeable {
  private final FileChannel channel;
  private final long length;

  private FileBytes(FileChannel channel, long length) {
    this.channel = channel;
    this.length = length;
  }

  /// @throws IOException where the file cannot be opened
  public static FileBytes open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return new FileBytes(channel, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public ByteBuffer read(long offset, int n) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(n);
    int got;
    do {
      got = channel.read(bytes, offset + bytes.position());
    } while (got > 0);
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
