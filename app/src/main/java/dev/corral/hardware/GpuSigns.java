package dev.corral.hardware;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Which kinds of GPU the system shows to us, without asking any driver.
///
/// @param variants of the engine's libraries that could use them, best first
public record GpuSigns(List<String> variants) {
  public GpuSigns {
    variants = List.copyOf(variants);
  }

  public static GpuSigns read() {
    return read(Path.of("/"), System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static GpuSigns read(Path root, String system, String processor) {
    List<String> variants = new ArrayList<>();
    if (system.startsWith("Mac") && processor.equals("aarch64")) {
      variants.add("metal");
    }
    if (Files.exists(root.resolve("proc/driver/nvidia/version"))
        || Files.exists(root.resolve("dev/nvidiactl"))) {
      variants.add("cuda");
    }
    if (Files.isDirectory(root.resolve("dev/dri")) || Files.exists(root.resolve("dev/kfd"))) {
      variants.add("vulkan");
    }
    return new GpuSigns(variants);
  }

  public boolean any() {
    return !variants.isEmpty();
  }
}
