package dev.corral.hardware;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/// How many threads may compute.
///
/// @param usable logical processors, within the limits of this process's group
/// @param cores real ones; equal to `usable` where the system does not tell
public record Processors(int usable, int cores) {
  /// From here on a machine has enough processors that one may be left to everything else.
  private static final int MANY = 5;

  public static Processors read() {
    return read(Path.of("/sys/devices/system/cpu"), Runtime.getRuntime().availableProcessors());
  }

  static Processors read(Path folder, int usable) {
    Set<String> cores = new HashSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "cpu[0-9]*")) {
      for (Path one : all) {
        cores.addAll(Kernel.lines(one.resolve("topology/thread_siblings_list")));
      }
    } catch (IOException e) {
      return new Processors(usable, usable);
    }
    return new Processors(usable, cores.isEmpty() ? usable : Math.min(usable, cores.size()));
  }

  /// Threads for one model, so that the machine stays usable: two threads on one core gain nothing
  /// here, because both wait for the same memory.
  public int forOneModel() {
    return cores < MANY ? cores : cores - 1;
  }
}
