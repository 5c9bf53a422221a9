package dev.corral.blobs;

import dev.corral.model.Bytes;
import dev.corral.model.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/// What the store asks of a disk, and how the disk's refusals read.
final class Disk {
  /// What is left free where nothing else is said.
  private static final Bytes USUAL_RESERVE = Bytes.gibi(10);

  /// On small disks: this part of the whole.
  private static final int USUAL_SHARE = 20;

  /// Room for a piece of a file while it is hashed.
  private static final int BUFFER = 1 << 20;

  private static final boolean WINDOWS = System.getProperty("os.name", "").startsWith("Windows");

  private static final Set<PosixFilePermission> EXECUTE =
      EnumSet.of(
          PosixFilePermission.OWNER_EXECUTE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_EXECUTE);

  private static final System.Logger LOG = System.getLogger(Disk.class.getName());

  private Disk() {}

  /// @param reserve see [Folders#reserve()]
  static Space space(Path folder, Optional<Bytes> reserve) throws StoreFailure {
    try {
      FileStore disk = Files.getFileStore(folder);
      return new Space(
          disk.getTotalSpace(),
          disk.getUsableSpace(),
          reserve.map(Bytes::count).orElseGet(() -> usual(disk)));
    } catch (IOException e) {
      throw failure("look at the free space of the model store's disk", e);
    }
  }

  /// What does not leave the reserve free is refused with these words.
  static StoreFailure noRoom(long bytes, Space space) {
    return new StoreFailure(
        StoreFailure.Kind.NO_ROOM,
        "not enough room on the disk of the model store: "
            + new Bytes(bytes)
            + " are needed, "
            + new Bytes(space.freeBytes())
            + " are free, of which "
            + new Bytes(space.reserveBytes())
            + " are kept (store.reserve). Free at least "
            + new Bytes(Math.min(bytes, space.missing(bytes)))
            + ", for example with: corral rm MODEL");
  }

  /// Bytes that come free when a file goes: none where it has a name in another folder too.
  static long freedBy(Path file) {
    return freedBy(file, 1);
  }

  private static long freedBy(Path file, int going) {
    try {
      if (!WINDOWS
          && Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)
              instanceof Integer links
          && links > going) {
        return 0;
      }
      return Files.size(file);
    } catch (IOException e) {
      return 0; // somebody has just removed it
    }
  }

  /// The same for several names that go together: a file counts once, and only where no further
  /// name of it is left.
  static long freedBy(Collection<Path> files) {
    Map<Object, List<Path>> names = new HashMap<>();
    for (Path file : files) {
      try {
        Object key =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        // Where the system has no such key, the name of a blob is one: its digest.
        names
            .computeIfAbsent(key == null ? file.getFileName() : key, _ -> new ArrayList<>())
            .add(file);
      } catch (IOException e) {
        // Somebody has just removed it.
      }
    }
    return names.values().stream()
        .mapToLong(same -> freedBy(same.getFirst(), (int) same.stream().distinct().count()))
        .sum();
  }

  private static long usual(FileStore disk) {
    try {
      return Math.min(USUAL_RESERVE.count(), disk.getTotalSpace() / USUAL_SHARE);
    } catch (IOException e) {
      return USUAL_RESERVE.count();
    }
  }

  /// The disk's refusal in words for the caller; its own stay in the cause.
  ///
  /// @param doing completes "the model store could not …"
  static StoreFailure failure(String doing, IOException e) {
    if (full(e)) {
      return new StoreFailure(
          StoreFailure.Kind.NO_ROOM,
          "no space left on the disk of the model store; nothing was kept of this. Free some, for"
              + " example with: corral rm MODEL",
          e);
    }
    return new StoreFailure(
        StoreFailure.Kind.DISK,
        "the model store could not "
            + doing
            + " ("
            + e.getClass().getSimpleName()
            + "); the server's log says more. Look at the disk and at the rights of its folder",
        e);
  }

  /// The texts are those of the operating systems; Java has no type for them.
  private static boolean full(IOException e) {
    String reason = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    String text = reason == null ? String.valueOf(e.getMessage()) : reason;
    return text.contains("No space left")
        || text.contains("Disk quota exceeded")
        || text.contains("File too large")
        || text.contains("not enough space on the disk");
  }

  /// Shows an Ollama that tidies that a blob is about to be used. A file that has a name in a
  /// folder of others too keeps its time: it is not ours alone.
  ///
  /// @param links second names of ours that it has
  static void freshen(Path blob, int links) throws IOException {
    if (!WINDOWS
        && Files.getAttribute(blob, "unix:nlink") instanceof Integer names
        && names > 1 + links) {
      return;
    }
    Files.setLastModifiedTime(blob, FileTime.from(Instant.now()));
  }

  /// Publishes a finished file under its name: bytes first, then the name, then the folder, so that
  /// a power cut leaves the old state or the new one.
  ///
  /// An Ollama that starts on the same folder deletes what is older than an hour and not mentioned
  /// in a manifest; hence the fresh time.
  static void publish(Path work, Path target) throws IOException {
    sync(work);
    Path folder = ensureParent(target);
    belongTo(work, folder);
    Files.setLastModifiedTime(work, FileTime.from(Instant.now()));
    Files.move(work, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolder(folder);
  }

  static Path ensureParent(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("A file of the store has no folder");
    }
    if (!Files.isDirectory(folder)) {
      Path above = ensureParent(folder);
      Files.createDirectories(folder);
      belongTo(folder, above);
      syncFolder(above);
    }
    return folder;
  }

  /// Gives what we made the owner, the group and the rights of the folder it goes to: the store may
  /// be an Ollama's, whose user is another one. Where the system does not let us, it stays ours;
  /// the folder's owner may read and remove it all the same.
  static void belongTo(Path made, Path folder) {
    PosixFileAttributeView view =
        Files.getFileAttributeView(made, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    if (view == null) {
      return; // a system without such rights
    }
    try {
      PosixFileAttributes wanted = Files.readAttributes(folder, PosixFileAttributes.class);
      PosixFileAttributes now = view.readAttributes();
      Set<PosixFilePermission> rights = EnumSet.copyOf(wanted.permissions());
      if (now.isRegularFile()) {
        rights.removeAll(EXECUTE);
      }
      if (!now.permissions().equals(rights)) {
        view.setPermissions(rights);
      }
      if (!now.group().equals(wanted.group())) {
        view.setGroup(wanted.group());
      }
      if (!now.owner().equals(wanted.owner())) {
        view.setOwner(wanted.owner());
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the store's rights could not be given on", e);
    }
  }

  static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /// Makes names durable. Windows has no such call, and needs none.
  static void syncFolder(Path folder) throws IOException {
    if (WINDOWS) {
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /// What a file's bytes hash to.
  ///
  /// @param read told how many bytes more were read
  static Digest digest(Path file, IntConsumer read) throws IOException {
    MessageDigest hash = Digest.sha256();
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      for (int n = channel.read(buffer.clear()); n >= 0; n = channel.read(buffer.clear())) {
        hash.update(buffer.flip());
        read.accept(n);
      }
    }
    return Digest.of(hash);
  }
}
