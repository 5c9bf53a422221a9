package dev.corral.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The GPUs of this machine: `GET /api/system/gpu`.
///
/// @param available there is one at least
/// @param totalVramGb of all that tell, in GiB, one decimal
/// @param source who told: `nvml`, `nvidia-smi`, `proc`, `sysfs`, `sysctl`, several with a comma;
///   or `none`
public record GpuView(boolean available, List<Gpu> gpus, double totalVramGb, String source) {
  public GpuView {
    gpus = List.copyOf(gpus);
  }

  /// @param vendor in lower case
  /// @param totalBytes null where nobody tells
  /// @param freeBytes null where nobody tells
  public record Gpu(
      String name,
      String vendor,
      @Nullable Long totalBytes,
      @Nullable Long freeBytes,
      String driver) {}
}
