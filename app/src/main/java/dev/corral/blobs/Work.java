package dev.corral.blobs;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The folder `.corral` of our own store, where everything is made before it gets its name.
///
/// | in it | is |
/// |---|---|
/// | `lock` | see [StoreLock] |
/// | `work/ID/` | files in the making of one running store; gone with it, or found dead and removed by the next |
/// | `partial/` | downloads, which outlive a restart |
/// | `trash/` | see [Bin] |
/// | `anchors/` | second names of blobs, see [Links] |
/// | `marks/` | checksums of blobs, see [Marks] |
/// | `seeds.json` | digests of loose files |
final class Work implements Closeable {
  /// A download that nobody touched for so long was given up.
  private static final Duration FORGOTTEN = Duration.ofDays(14);

  private static final String ALIVE = "alive";

  static final String FOLDER = ".corral";
  static final String TRASH = "trash";
  static final String LINKS = "anchors";

  /// Folders of stores in this process. Their lock must not even be looked at: POSIX frees it as
  /// soon as the process closes the file anywhere.
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final Path mine;
  private final FileChannel channel;
  private final @Nullable FileLock alive;

  private Work(Path folder, Path mine, FileChannel channel, @Nullable FileLock alive) {
    this.folder = folder;
    this.mine = mine;
    this.channel = channel;
    this.alive = alive;
  }

  /// Opens the folder, and removes what dead ones left in it.
  static Work open(Path store) throws IOException {
    Files.createDirectories(store);
    Path folder = store.toRealPath().resolve(FOLDER);
    Path all = Files.createDirectories(folder.resolve("work"));
    Path parts = Files.createDirectories(folder.resolve("partial"));
    Path marks = Files.createDirectories(folder.resolve("marks"));
    for (Path made : List.of(folder, all, parts, marks)) {
      Disk.belongTo(made, store);
    }
    Path mine = Files.createDirectory(all.resolve(UUID.randomUUID().toString()));
    OURS.add(mine);
    FileChannel channel =
        FileChannel.open(
            mine.resolve(ALIVE), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    Work work = new Work(folder, mine, channel, channel.tryLock());
    work.removeDead();
    work.removeForgotten("partial", _ -> true);
    Path blobs = store.resolve("blobs");
    work.removeForgotten("marks", name -> !Files.exists(blobs.resolve(name)));
    return work;
  }

  StoreLock lock() {
    return new StoreLock(folder.resolve("lock"));
  }

  /// A file of its own that does not exist yet.
  Path fresh() {
    return mine.resolve(UUID.randomUUID().toString());
  }

  Path partial(String name) {
    return folder.resolve("partial").resolve(name);
  }

  Path marks(String name) {
    return folder.resolve("marks").resolve(name);
  }

  Path trash() {
    return folder.resolve(TRASH);
  }

  Path links() {
    return folder.resolve(LINKS);
  }

  Path seeds() {
    return folder.resolve("seeds.json");
  }

  private void removeDead() throws IOException {
    try (DirectoryStream<Path> others = Files.newDirectoryStream(folder.resolve("work"))) {
      for (Path other : others) {
        if (!OURS.contains(other) && dead(other)) {
          remove(other);
        }
      }
    }
  }

  /// A store that runs holds a lock in its folder; the system frees that when the process dies. One
  /// that is just being made has no lock yet, hence the look at its age.
  private static boolean dead(Path other) {
    Path file = other.resolve(ALIVE);
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return olderThan(other, Duration.ofMinutes(1));
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
          FileLock lock = channel.tryLock()) {
        return lock != null;
      }
    } catch (IOException e) {
      return false;
    }
  }

  private void removeForgotten(String below, Predicate<String> useless) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve(below))) {
      for (Path file : files) {
        if (useless.test(String.valueOf(file.getFileName())) && olderThan(file, FORGOTTEN)) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private static boolean olderThan(Path file, Duration age) throws IOException {
    Instant changed = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    return changed.isBefore(Instant.now().minus(age));
  }

  private static void remove(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }

  @Override
  public void close() throws IOException {
    if (alive != null) {
      alive.release();
    }
    channel.close();
    remove(mine);
    OURS.remove(mine);
  }
}
