package dev.corral.hardware;

import java.util.OptionalLong;

/// One GPU, as far as it can be told without loading anything onto it.
///
/// @param id stays the same while the machine runs: the vendor's UUID, else the PCI address, else a
///   name of the system's; GPUs are never told apart by name
/// @param totalBytes memory that models may lie in; empty where nobody tells, which is not zero
/// @param freeBytes of that, what no other process holds
/// @param shared true where this is the host's own memory, so that it must not be counted twice
/// @param driver its version or name; empty where it is not told
/// @param source who told: `nvml`, `nvidia-smi`, `proc`, `sysfs` or `sysctl`
public record Gpu(
    String id,
    String name,
    Vendor vendor,
    OptionalLong totalBytes,
    OptionalLong freeBytes,
    boolean shared,
    String driver,
    String source) {
  /// Who made it, and so who knows about it.
  public enum Vendor {
    NVIDIA,
    AMD,
    INTEL,
    APPLE
  }
}
