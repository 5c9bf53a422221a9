package dev.corral.hardware;

import java.nio.file.Path;
import java.util.List;

/// The memory of one process on the host.
///
/// @param ownBytes its own pages
/// @param mappedBytes pages of files that it has mapped, weights above all: the kernel counts them
///   as free although the process needs them
public record ProcessMemory(long ownBytes, long mappedBytes) {
  private static final ProcessMemory UNKNOWN = new ProcessMemory(0, 0);

  /// Looks now. All zero where the process is gone or the system does not tell.
  public static ProcessMemory of(long pid) {
    return read(Path.of("/proc/" + pid + "/status"));
  }

  static ProcessMemory read(Path status) {
    List<String> lines = Kernel.lines(status);
    return lines.isEmpty()
        ? UNKNOWN
        : new ProcessMemory(
            Kernel.kibibytes(lines, "RssAnon").orElse(0)
                + Kernel.kibibytes(lines, "RssShmem").orElse(0),
            Kernel.kibibytes(lines, "RssFile").orElse(0));
  }

  public long residentBytes() {
    return ownBytes + mappedBytes;
  }
}
