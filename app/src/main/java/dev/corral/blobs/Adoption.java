package dev.corral.blobs;

import dev.corral.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/// Brings a blob of a folder that is only read into ours: as a second name of the same file where
/// that is possible, so that 40 GB are not there twice, else as a copy. Hashed either way: nothing
/// unverified becomes ours, and what is deleted over there stays whole here.
final class Adoption {
  private static final int BUFFER = 1 << 20;

  private final Store store;

  Adoption(Store store) {
    this.store = store;
  }

  void adopt(Path source, Digest digest, Path target) throws IOException, StoreFailure {
    Path file = source.toRealPath(); // a second name of a link would be a link
    if (!linked(file, digest, target)) {
      long size = Files.size(file);
      try (Upload upload = store.beginBlob(size)) {
        read(file, upload::write);
        upload.commit(digest);
      }
    }
  }

  private static boolean linked(Path source, Digest digest, Path target)
      throws IOException, StoreFailure {
    MessageDigest hash = Digest.sha256();
    read(source, hash::update);
    Digest got = Digest.of(hash);
    if (!got.equals(digest)) {
      throw new StoreFailure(
          StoreFailure.Kind.MISMATCH,
          "digest mismatch, expected \""
              + digest
              + "\", got \""
              + got
              + "\": the file in the"
              + " folder that is only read is damaged; fetch the model again there");
    }
    try {
      Files.createLink(target, source);
    } catch (FileAlreadyExistsException e) {
      return true;
    } catch (FileSystemException | UnsupportedOperationException e) {
      return false; // another disk, or somebody else's file
    }
    Disk.syncFolder(target.resolveSibling(""));
    return true;
  }

  @FunctionalInterface
  private interface Sink {
    void take(ByteBuffer bytes) throws StoreFailure;
  }

  private static void read(Path source, Sink sink) throws IOException, StoreFailure {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        sink.take(buffer.flip());
      }
    }
  }
}
