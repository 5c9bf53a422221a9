package dev.corral.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The file that lines are appended to, and its older brothers `corral.log.1` (newest) to
/// `corral.log.5`. Belongs to the journal's writer thread.
final class LogFile implements AutoCloseable {
  private final Path path;
  private final long mostBytes;
  private final int mostOld;
  private @Nullable FileChannel channel;
  private long size;

  LogFile(Path path, long mostBytes, int mostOld) {
    this.path = path;
    this.mostBytes = mostBytes;
    this.mostOld = mostOld;
  }

  /// Appends whole lines. After a failure the next call opens the file anew.
  void append(ByteBuffer lines) throws IOException {
    try {
      FileChannel open = ready(lines.remaining());
      int all = lines.remaining();
      try {
        while (lines.hasRemaining()) {
          open.write(lines);
        }
      } catch (IOException e) {
        // Half a line would spoil the next one.
        open.truncate(size);
        throw e;
      }
      size += all;
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private FileChannel ready(int more) throws IOException {
    FileChannel open = channel;
    if (open != null && size > 0 && size + more > mostBytes) {
      close();
      rotate();
      open = null;
    } else if (open != null && Files.notExists(path)) {
      // Somebody else moved or deleted it: lines belong where people look for them.
      close();
      open = null;
    }
    return open == null ? open() : open;
  }

  private FileChannel open() throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    FileChannel open =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    channel = open;
    size = open.size();
    return open;
  }

  private void rotate() throws IOException {
    for (int i = mostOld - 1; i >= 1; i--) {
      Path older = old(i);
      if (Files.exists(older)) {
        Files.move(older, old(i + 1), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(path, old(1), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path old(int age) {
    return path.resolveSibling(path.getFileName() + "." + age);
  }

  @Override
  public void close() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // Nothing is buffered here; what was written is written.
      }
    }
  }
}
