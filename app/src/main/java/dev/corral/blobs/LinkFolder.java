package dev.corral.blobs;

import dev.corral.model.Digest;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The folder `.corral/anchors` with the second names of blobs, `OWNER/ID/sha256-HEX`, whoever made
/// them: several Corrals may share a store, and each has its own.
///
/// @param folder need not exist
record LinkFolder(Path folder) {
  private static final System.Logger LOG = System.getLogger(LinkFolder.class.getName());

  /// What is on its way into place begins so; it is no digest.
  private static final String MAKING = "making-";

  static Path name(Path folder, Digest digest) {
    return folder.resolve("sha256-" + digest.hex());
  }

  /// The folders in one; none where it is not there.
  static List<Path> folders(Path parent) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
      for (Path child : children) {
        if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
          found.add(child);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      // Nothing was ever kept here.
    }
    return found;
  }

  /// All second names of a blob.
  List<Path> of(Digest digest) throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path owner : folders(folder)) {
      for (Path id : folders(owner)) {
        Path link = name(id, digest);
        if (Files.isRegularFile(link, LinkOption.NOFOLLOW_LINKS)) {
          found.add(link);
        }
      }
    }
    return found;
  }

  /// How many of them are names of this very file.
  int namesOf(Path blob, Digest digest) throws IOException {
    int count = 0;
    for (Path link : of(digest)) {
      count += same(link, blob) ? 1 : 0;
    }
    return count;
  }

  private static boolean same(Path link, Path blob) throws IOException {
    try {
      return Files.isSameFile(link, blob);
    } catch (NoSuchFileException e) {
      return false; // somebody has just removed one of them
    }
  }

  /// A blob has come anew: older second names become names of that file, so that its bytes are not
  /// there twice, and a damaged one is not kept. Where a name cannot be changed it stays.
  void renew(Path blob, Digest digest) {
    try {
      for (Path link : of(digest)) {
        if (!same(link, blob)) {
          put(blob, link);
        }
      }
    } catch (IOException | UnsupportedOperationException e) {
      LOG.log(System.Logger.Level.DEBUG, "what is kept of a blob stays the older file", e);
    }
  }

  /// Gives a file a second name, at once where that name is another file's.
  static void put(Path file, Path name) throws IOException {
    if (!Files.exists(name, LinkOption.NOFOLLOW_LINKS)) {
      Files.createLink(name, file);
      return;
    }
    Path making = name.resolveSibling(MAKING + name.getFileName());
    Files.deleteIfExists(making);
    try {
      Files.createLink(making, file);
      Files.move(making, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(making); // a rename between two names of one file does nothing
    }
  }

  /// Gives a blob back the name that it had among the blobs, first with a fresh time (see
  /// [Disk#publish]). Owner and rights are those of the file. One that we may not touch keeps its
  /// time.
  static void putBack(Path link, Path blob) throws IOException {
    try {
      Files.setLastModifiedTime(link, FileTime.from(Instant.now()));
    } catch (FileSystemException e) {
      LOG.log(System.Logger.Level.DEBUG, "a blob of somebody else's is put back as it is", e);
    }
    Path folder = Disk.ensureParent(blob);
    if (Files.exists(blob, LinkOption.NOFOLLOW_LINKS)) {
      Path making = link.resolveSibling(MAKING + link.getFileName());
      Files.deleteIfExists(making);
      Files.createLink(making, link);
      Files.move(making, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } else {
      Files.createLink(blob, link);
    }
    Disk.syncFolder(folder);
  }
}
