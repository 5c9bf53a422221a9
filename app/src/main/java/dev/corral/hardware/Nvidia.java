package dev.corral.hardware;

import dev.corral.hardware.Gpu.Vendor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// NVIDIA's GPUs: asked of its management library by a process of our own, else of `nvidia-smi`,
/// else of the kernel's list, which knows no memory. All tell one line for each GPU: `uuid, bus,
/// total MiB, free MiB, driver, MIG mode, name`, and any cell may be `[N/A]` or another word in
/// brackets.
final class Nvidia {
  private static final List<String> SMI =
      List.of(
          "nvidia-smi",
          "--query-gpu=uuid,pci.bus_id,memory.total,memory.free,driver_version,mig.mode.current,name",
          "--format=csv,noheader,nounits");

  /// For tools that do not know all fields; they refuse the whole question.
  private static final List<String> OLD_SMI =
      List.of(
          "nvidia-smi",
          "--query-gpu=uuid,pci.bus_id,memory.total,memory.free,driver_version,name",
          "--format=csv,noheader,nounits");

  private static final int CELLS = 7;
  private static final String NONE = "[N/A]";

  private final Surroundings surroundings;
  private final HostMemory host;

  Nvidia(Surroundings surroundings, HostMemory host) {
    this.surroundings = surroundings;
    this.host = host;
  }

  List<Gpu> gpus() {
    return Visible.of(all(), surroundings.variables(), List.of("CUDA_VISIBLE_DEVICES"));
  }

  private List<Gpu> all() {
    Path root = surroundings.root();
    boolean library = Nvml.FILES.stream().anyMatch(file -> Files.exists(root.resolve(file)));
    List<Gpu> told = library ? read(Nvml.command(), "nvml", CELLS) : List.of();
    if (told.isEmpty()) {
      told = read(SMI, "nvidia-smi", CELLS);
    }
    if (told.isEmpty()) {
      told = read(OLD_SMI, "nvidia-smi", CELLS - 1);
    }
    return told.isEmpty() ? listed(root.resolve("proc/driver/nvidia/gpus")) : told;
  }

  private List<Gpu> read(List<String> command, String source, int cells) {
    Optional<String> answer = surroundings.commands().output(command);
    List<Gpu> gpus = new ArrayList<>();
    for (String line : answer.orElse("").lines().toList()) {
      String[] parts = line.strip().split("\\s*,\\s*", cells); // a name may hold commas
      if (parts.length == cells && parts[0].startsWith("GPU-")) {
        String mig = cells == CELLS ? parts[5] : NONE;
        gpus.add(gpu(parts, parts[cells - 1], mig, source));
      }
    }
    return gpus;
  }

  /// A GPU that knows no memory of its own shares the host's, unless we may not ask. Of one that is
  /// cut into parts (MIG) a process gets one part, whatever all of it has.
  private Gpu gpu(String[] parts, String name, String mig, String source) {
    boolean cut = mig.equals("Enabled");
    OptionalLong total = cut ? OptionalLong.empty() : mebibytes(parts[2]);
    boolean shared = parts[2].equals(NONE) && !cut;
    String driver = parts[4].startsWith("[") ? "" : parts[4];
    return shared
        ? sharing(parts[0], name, driver, source)
        : new Gpu(
            parts[0],
            name,
            Vendor.NVIDIA,
            total,
            total.isPresent() ? mebibytes(parts[3]) : OptionalLong.empty(),
            false,
            driver,
            source);
  }

  private Gpu sharing(String id, String name, String driver, String source) {
    return new Gpu(
        id,
        name,
        Vendor.NVIDIA,
        OptionalLong.of(host.totalBytes()),
        OptionalLong.of(Shares.free(host)),
        true,
        driver,
        source);
  }

  private static OptionalLong mebibytes(String cell) {
    return cell.matches("\\d{1,12}")
        ? OptionalLong.of(Long.parseLong(cell) << 20)
        : OptionalLong.empty();
  }

  /// `proc/driver/nvidia/gpus/0000:01:00.0/information`: the driver is there, its tool is not.
  private static List<Gpu> listed(Path folder) {
    List<Gpu> gpus = new ArrayList<>();
    for (Path gpu : Kernel.entries(folder)) {
      List<String> lines = Kernel.lines(gpu.resolve("information"));
      String name = Kernel.text(lines, "Model:");
      if (!name.isEmpty()) {
        String uuid = Kernel.text(lines, "GPU UUID:");
        gpus.add(
            new Gpu(
                uuid.startsWith("GPU-") ? uuid : String.valueOf(gpu.getFileName()),
                name,
                Vendor.NVIDIA,
                OptionalLong.empty(),
                OptionalLong.empty(),
                false,
                "",
                "proc"));
      }
    }
    return gpus;
  }
}
