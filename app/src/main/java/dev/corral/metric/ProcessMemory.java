package dev.corral.metric;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The memory of this process, under the names that dashboards know.
final class ProcessMemory {
  /// Linux only; elsewhere the figure is left out.
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  static void render(Text text) {
    Runtime runtime = Runtime.getRuntime();
    text.family("jvm_memory_used_bytes", "gauge", "Heap in use, with what is not collected yet.");
    text.sample(
        "jvm_memory_used_bytes", runtime.totalMemory() - runtime.freeMemory(), "area", "heap");
    text.family("jvm_memory_committed_bytes", "gauge", "Heap taken from the system.");
    text.sample("jvm_memory_committed_bytes", runtime.totalMemory(), "area", "heap");
    text.family("jvm_memory_max_bytes", "gauge", "The most that the heap may take.");
    text.sample("jvm_memory_max_bytes", runtime.maxMemory(), "area", "heap");
    long resident = residentBytes();
    if (resident > 0) {
      text.single(
          "process_resident_memory_bytes", "gauge", "Memory of the whole process.", resident);
    }
  }

  private static long residentBytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}
