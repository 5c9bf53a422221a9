package dev.corral.hardware;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One control group with a limit.
///
/// @param heldBytes what its processes hold, without page cache
record ControlGroup(long limitBytes, long heldBytes) {
  /// Version 1 says "no limit" with a number near 2^63.
  private static final long UNLIMITED = 1L << 60;

  /// Our own group and all groups above it that have a limit.
  static List<ControlGroup> around(Path root) {
    List<ControlGroup> groups = new ArrayList<>();
    for (String line : Kernel.lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      boolean second = parts[1].isEmpty();
      if (!second && !List.of(parts[1].split(",")).contains("memory")) {
        continue;
      }
      Path mount = root.resolve(second ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
      String inside = parts[2].replaceAll("^/+", "");
      // In a container the path is the host's, and the mount shows our own group at its top.
      Path group = Files.isDirectory(mount.resolve(inside)) ? mount.resolve(inside) : mount;
      while (group != null && group.startsWith(mount)) {
        limited(group, second).ifPresent(groups::add);
        group = group.getParent();
      }
    }
    return groups;
  }

  private static Optional<ControlGroup> limited(Path group, boolean second) {
    OptionalLong limit =
        Kernel.number(group.resolve(second ? "memory.max" : "memory.limit_in_bytes"));
    OptionalLong used =
        Kernel.number(group.resolve(second ? "memory.current" : "memory.usage_in_bytes"));
    if (limit.isEmpty() || used.isEmpty() || limit.getAsLong() > UNLIMITED) {
      return Optional.empty();
    }
    List<String> stat = Kernel.lines(group.resolve("memory.stat"));
    String all = second ? "" : "total_";
    long cache =
        Kernel.field(stat, all + "inactive_file").orElse(0)
            + Kernel.field(stat, all + "active_file").orElse(0);
    return Optional.of(new ControlGroup(limit.getAsLong(), Math.max(0, used.getAsLong() - cache)));
  }
}
