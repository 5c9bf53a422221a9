package dev.corral.hardware;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// The memory of the host as this process may use it: what the kernel calls available, within the
/// limits of every control group around us. Page cache counts as free, because the kernel gives it
/// back.
///
/// @param source where the tighter figure comes from: `meminfo`, `cgroup` or `guess`
public record HostMemory(long totalBytes, long freeBytes, String source, Instant at) {
  /// Systems that do not tell what could be given back: half of all there is.
  private static final int GUESSED_SHARE = 2;

  /// Looks now; a few small files of the kernel.
  public static HostMemory read() {
    return read(Path.of("/"));
  }

  /// @param root under which `proc` and `sys` lie
  static HostMemory read(Path root) {
    Instant now = Instant.now();
    List<String> meminfo = Kernel.lines(root.resolve("proc/meminfo"));
    OptionalLong total = Kernel.kibibytes(meminfo, "MemTotal");
    OptionalLong available = Kernel.kibibytes(meminfo, "MemAvailable");
    if (total.isEmpty() || available.isEmpty()) {
      long all = installed();
      return new HostMemory(all, all / GUESSED_SHARE, "guess", now);
    }
    HostMemory machine = new HostMemory(total.getAsLong(), available.getAsLong(), "meminfo", now);
    return ControlGroup.around(root).stream()
        .map(group ->
            new HostMemory(
                Math.min(total.getAsLong(), group.limitBytes()),
                Math.max(0, group.limitBytes() - group.heldBytes()),
                "cgroup",
                now))
        .reduce(machine, HostMemory::tighter);
  }

  private static HostMemory tighter(HostMemory one, HostMemory other) {
    HostMemory least = other.freeBytes() < one.freeBytes() ? other : one;
    return new HostMemory(
        Math.min(one.totalBytes(), other.totalBytes()), least.freeBytes(), least.source(), one.at);
  }

  private static long installed() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : Runtime.getRuntime().maxMemory();
  }
}
