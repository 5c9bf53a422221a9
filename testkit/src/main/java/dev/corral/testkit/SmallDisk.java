package dev.corral.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A disk in memory that is soon full, mounted over an empty folder until it is closed. Only root
/// may mount, so a test that wants one says [#NONE] where there is none.
public final class SmallDisk implements AutoCloseable {
  /// Why a test is skipped.
  public static final String NONE = "no small disk here: a tmpfs is mounted by root only";

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /// @return empty where this user may not mount, or there is no tmpfs
  public static Optional<SmallDisk> over(Path folder, long bytes) {
    return mounted(folder, "size=" + bytes);
  }

  /// The same with room for so many files and folders, itself among them.
  ///
  /// @return empty where this user may not mount, or there is no tmpfs
  public static Optional<SmallDisk> over(Path folder, long bytes, int files) {
    return mounted(folder, "size=" + bytes + ",nr_inodes=" + files);
  }

  private static Optional<SmallDisk> mounted(Path folder, String options) {
    return run("mount", "-t", "tmpfs", "-o", options, "corral-test", folder.toString())
        ? Optional.of(new SmallDisk(folder))
        : Optional.empty();
  }

  /// Fills what is left of it with one file.
  ///
  /// @return the file: delete it, and there is room again
  public Path fill(String name) {
    Path file = folder.resolve(name);
    byte[] piece = new byte[4096];
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(piece);
      }
    } catch (IOException full) {
      return file;
    }
  }

  /// Makes it read-only, or writable again, under whoever works on it: what is open stays open.
  ///
  /// @return false where the system does not allow it
  public boolean readOnly(boolean yes) {
    String at = folder.toString();
    return yes
        ? run("mount", "--bind", at, at) && run("mount", "-o", "remount,bind,ro", at)
        : run("umount", at);
  }

  /// What makes it read-only lies above it.
  @Override
  public void close() {
    boolean mounted = true;
    while (mounted) {
      mounted = run("umount", folder.toString());
    }
  }

  private static boolean run(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
