package dev.corral.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What this machine offers to models: `GET /manage/hardware`.
///
/// @param classes how cards are sorted, for filters
/// @param loads how earlier loads compared with their estimates
/// @param at when it was looked at
public record HardwareView(
    List<Gpu> gpus, Host host, List<VramClass> classes, List<Loads> loads, Instant at) {
  public HardwareView {
    gpus = List.copyOf(gpus);
    classes = List.copyOf(classes);
    loads = List.copyOf(loads);
  }

  /// @param driver `cuda`, `rocm`, `vulkan`, `metal`, or `cpu`
  /// @param ratio measured by estimated
  /// @param loads how many were compared
  public record Loads(String architecture, String driver, double ratio, int loads) {}

  /// @param totalBytes null where nobody tells
  /// @param freeBytes null where nobody tells
  /// @param usableBytes what one model may take, less reserve and driver; null where unknown
  /// @param shared it is the host's own memory
  /// @param vramClass such as `12 GB`; null below all classes
  public record Gpu(
      String id,
      String name,
      String vendor,
      @Nullable Long totalBytes,
      @Nullable Long freeBytes,
      @Nullable Long usableBytes,
      boolean shared,
      String driver,
      String source,
      @Nullable String vramClass) {}

  /// RAM within the limits of this process.
  ///
  /// @param usableBytes what one model may take, less the reserve
  public record Host(long totalBytes, long freeBytes, long usableBytes, String source) {}

  /// @param cards examples
  public record VramClass(String name, long bytes, List<String> cards) {
    public VramClass {
      cards = List.copyOf(cards);
    }
  }
}
