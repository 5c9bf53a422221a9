package dev.corral.runner.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;

/// How many threads compute where nobody said.
final class Threads {

  private Threads() {}

  /// From so many cores on, one is left to everything else.
  private static final int ENOUGH_TO_LEAVE_ONE = 4;

  /// One for each core, because two threads of a core compute no faster than one. Never more than
  /// the processors that this process may use.
  static int usual() {
    int processors = Runtime.getRuntime().availableProcessors();
    int cores = Math.min(processors, cores(Path.of("/sys/devices/system/cpu"), processors));
    return cores >= ENOUGH_TO_LEAVE_ONE ? cores - 1 : Math.max(1, cores);
  }

  /// Cores, by counting the groups of processors that share one; as many as processors where the
  /// system does not say.
  private static int cores(Path folder, int processors) {
    var groups = new HashSet<String>();
    for (int i = 0; i < processors; i++) {
      try {
        groups.add(Files.readString(folder.resolve("cpu" + i + "/topology/thread_siblings_list")));
      } catch (IOException e) {
        return processors;
      }
    }
    return groups.size();
  }
}
