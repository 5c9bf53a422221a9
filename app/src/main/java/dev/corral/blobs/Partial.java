package dev.corral.blobs;

import dev.corral.model.Digest;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One blob that is fetched in parts, in any order, and outlives a restart: its bytes and a note of
/// whoever fetches it. Hidden until [#commit(long)]. Closing keeps it for the next time,
/// [#discard()] does not. One holder on the machine; parts may be written by several threads.
public final class Partial implements Closeable {
  private static final int BUFFER = 1 << 20;
  private static final long COPY = 64L << 20;
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Store store;
  private final Digest digest;
  private final Path file;
  private final Path noteFile;
  private final FileChannel channel;
  private final FileLock held;

  private Partial(Store store, Digest digest, Path file, FileChannel channel, FileLock held) {
    this.store = store;
    this.digest = digest;
    this.file = file;
    this.noteFile = file.resolveSibling(file.getFileName() + ".note");
    this.channel = channel;
    this.held = held;
  }

  static Partial open(Store store, Digest digest, Path file) throws IOException, StoreFailure {
    if (!OURS.add(file)) {
      throw busy();
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock held = channel.tryLock();
      if (held == null) {
        throw busy();
      }
      return new Partial(store, digest, file, channel, held);
    } catch (IOException | StoreFailure e) {
      OURS.remove(file);
      if (channel != null) {
        channel.close();
      }
      throw e;
    }
  }

  private static StoreFailure busy() {
    return new StoreFailure(
        StoreFailure.Kind.BUSY,
        "this blob is being fetched by another pull or another Corral; wait for that to end");
  }

  /// What was noted last; empty where nothing was.
  public byte[] note() throws StoreFailure {
    try {
      return Files.readAllBytes(noteFile);
    } catch (NoSuchFileException e) {
      return new byte[0];
    } catch (IOException e) {
      throw Disk.failure("read how far a download came", e);
    }
  }

  /// Makes the bytes written so far durable, then the note that speaks of them. After a kill at any
  /// moment there is the old note or the new one.
  public void note(byte[] note) throws StoreFailure {
    try {
      channel.force(false);
      Path work = store.freshWork();
      Files.write(work, note);
      Disk.publish(work, noteFile);
    } catch (IOException e) {
      throw Disk.failure("note how far a download came", e);
    }
  }

  /// Writes what remains in the buffer at an offset of the blob.
  public void write(ByteBuffer bytes, long offset) throws StoreFailure {
    try {
      long at = offset;
      while (bytes.hasRemaining()) {
        at += channel.write(bytes, at);
      }
    } catch (IOException e) {
      throw Disk.failure("write what arrived", e);
    }
  }

  /// Reads back, so that a hash can be continued after a restart.
  ///
  /// @return bytes read, -1 behind the last that was written
  public int read(ByteBuffer bytes, long offset) throws StoreFailure {
    try {
      return channel.read(bytes, offset);
    } catch (IOException e) {
      throw Disk.failure("read back what had arrived", e);
    }
  }

  /// Bytes from the start to the last that was written; holes in between count.
  public long length() throws StoreFailure {
    try {
      return channel.size();
    } catch (IOException e) {
      throw Disk.failure("read back what had arrived", e);
    }
  }

  /// Hashes the first `size` bytes, and publishes the blob where they have its digest.
  ///
  /// @throws StoreFailure `MISMATCH`; the partial stays, for whoever wants to look which part is
  ///   wrong
  public void commit(long size) throws StoreFailure {
    Marks.Making marks = new Marks.Making();
    Digest got = hashed(size, marks);
    commit(got, marks.end());
  }

  /// As [#commit(long)], for those who have hashed the bytes on their way.
  ///
  /// @param got the digest of what was written
  /// @param marks of the same bytes
  public void commit(Digest got, Marks marks) throws StoreFailure {
    finish(got, marks, false);
  }

  /// As [#commit(Digest, Marks)], and takes the place of a blob that is there: that one is damaged.
  public void replace(Digest got, Marks marks) throws StoreFailure {
    finish(got, marks, true);
  }

  /// Publishes what nobody knew the digest of before, under the digest that it has.
  public void commitAs(Digest got, Marks marks) throws StoreFailure {
    publish(got, marks, false);
  }

  private void finish(Digest got, Marks marks, boolean replace) throws StoreFailure {
    if (!got.equals(digest)) {
      throw new StoreFailure(
          StoreFailure.Kind.MISMATCH,
          "digest mismatch, expected \"" + digest + "\", got \"" + got + "\"");
    }
    publish(got, marks, replace);
  }

  private void publish(Digest got, Marks marks, boolean replace) throws StoreFailure {
    try {
      channel.truncate(marks.size());
      store.mark(got, marks);
      store.publishBlob(file, got, replace);
      Files.deleteIfExists(noteFile);
    } catch (IOException e) {
      throw Disk.failure("keep what arrived", e);
    }
  }

  /// Takes over bytes of a file at the same offsets.
  public void copy(Path source, long from, long to) throws StoreFailure {
    try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ)) {
      long at = from;
      while (at < to) {
        long count = in.transferTo(at, Math.min(COPY, to - at), channel.position(at));
        if (count <= 0) {
          throw new EOFException("The file is shorter than it was");
        }
        at += count;
      }
    } catch (IOException e) {
      throw Disk.failure("copy what is right of a blob", e);
    }
  }

  private Digest hashed(long size, Marks.Making marks) throws StoreFailure {
    MessageDigest hash = Digest.sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try {
      long at = 0;
      while (at < size) {
        buffer.clear().limit((int) Math.min(BUFFER, size - at));
        int n = channel.read(buffer, at);
        if (n < 0) {
          throw new EOFException("The partial is shorter than the blob");
        }
        at += n;
        marks.update(buffer.flip());
        hash.update(buffer);
      }
    } catch (IOException e) {
      throw Disk.failure("verify what arrived", e);
    }
    return Digest.of(hash);
  }

  /// Gives the bytes up.
  public void discard() throws StoreFailure {
    try {
      close();
      Files.deleteIfExists(file);
      Files.deleteIfExists(noteFile);
    } catch (IOException e) {
      throw Disk.failure("remove a download", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      held.release();
      channel.close();
      OURS.remove(file);
    }
  }
}
