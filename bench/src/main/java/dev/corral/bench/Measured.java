package dev.corral.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What is measured: a port and the processes behind it.
///
/// @param processes their ids; empty for the bare backend, whose cost nobody asks for
record Measured(String name, int port, List<Long> processes) {
  /// Clock ticks of `/proc` in a second, on every Linux of today.
  private static final double TICKS = 100;

  /// Bytes of a page of memory, likewise.
  private static final long PAGE = 4096;

  /// CPU seconds used so far, in user and kernel mode.
  double cpuSeconds() {
    double ticks = 0;
    for (long process : processes) {
      String stat = read("/proc/" + process + "/stat");
      // Behind the command's name, which may hold anything: utime and stime are fields 14 and 15.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return ticks / TICKS;
  }

  double residentMegabytes() {
    long pages = 0;
    for (long process : processes) {
      pages += Long.parseLong(read("/proc/" + process + "/statm").split(" ", -1)[1]);
    }
    return pages * PAGE / 1e6;
  }

  /// A process and all its descendants.
  static List<Long> family(Process parent) {
    List<Long> family = new ArrayList<>();
    family.add(parent.pid());
    parent.descendants().forEach(child -> family.add(child.pid()));
    return family;
  }

  private static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new IllegalStateException("what is measured has ended", e);
    }
  }
}
