package dev.corral.blobs;

import dev.corral.model.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/// One blob on its way into the store, from its first byte to its last. Hidden until [#commit()];
/// closed without it, nothing is left. For one thread.
public final class Upload implements Closeable {
  private final Store store;
  private final Path work;
  private final FileChannel channel;
  private final MessageDigest hash = Digest.sha256();
  private long written;

  Upload(Store store, Path work) throws IOException {
    this.store = store;
    this.work = work;
    this.channel = FileChannel.open(work, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /// Appends what remains in the buffer.
  ///
  /// @throws StoreFailure where the disk is full or fails
  public void write(ByteBuffer bytes) throws StoreFailure {
    hash.update(bytes.duplicate());
    try {
      while (bytes.hasRemaining()) {
        written += channel.write(bytes);
      }
    } catch (IOException e) {
      throw Disk.failure("write what arrived", e);
    }
  }

  /// Bytes so far.
  public long written() {
    return written;
  }

  /// Publishes the blob, where its digest is the expected one.
  ///
  /// @throws StoreFailure `MISMATCH` with both digests, in Ollama's words
  public void commit(Digest expected) throws StoreFailure {
    Digest got = Digest.of(hash);
    if (!got.equals(expected)) {
      throw new StoreFailure(
          StoreFailure.Kind.MISMATCH,
          "digest mismatch, expected \"" + expected + "\", got \"" + got + "\"");
    }
    publish(got);
  }

  /// Publishes the blob under the digest that it has.
  Digest commit() throws StoreFailure {
    Digest got = Digest.of(hash);
    publish(got);
    return got;
  }

  private void publish(Digest digest) throws StoreFailure {
    try {
      channel.close();
      store.publishBlob(work, digest);
    } catch (IOException e) {
      throw Disk.failure("keep what arrived", e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(work);
  }
}
