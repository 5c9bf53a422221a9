package dev.corral.fit;

import dev.corral.hardware.Gpu.Vendor;
import dev.corral.hardware.HostMemory;
import dev.corral.hardware.Inventory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// What a model would run on: this machine, or one that somebody thinks of buying.
///
/// @param gpus in any order; empty where there are none
/// @param hostTotalBytes RAM, within the limits of this process's group
/// @param hostFreeBytes RAM that may be taken
public record Hardware(List<Gpu> gpus, long hostTotalBytes, long hostFreeBytes) {
  /// What a book of loads calls a machine without a GPU.
  static final String HOST_DRIVER = "cpu";

  /// RAM that is left to everything else on the machine: the larger of the two.
  private static final long HOST_RESERVE = 1L << 30;

  private static final long HOST_SHARE = 10;

  public Hardware {
    gpus = gpus.stream().sorted(Comparator.comparingLong(Gpu::usableBytes).reversed()).toList();
  }

  /// One card with nothing else on it, and RAM beyond any model: the what-if of `--vram 24GiB`.
  public static Hardware card(long vramBytes) {
    return cards(1, vramBytes);
  }

  /// So many cards of that size.
  public static Hardware cards(int count, long vramBytes) {
    long plenty = 1L << 46;
    String name = "a card of " + Text.bytes(vramBytes);
    return new Hardware(
        Collections.nCopies(count, new Gpu(name, vramBytes, vramBytes, Driver.CUDA)),
        plenty,
        plenty);
  }

  /// The same with imagined GPUs of no memory behind the real ones, up to so many: figures can be
  /// told for any placement, and none of them fits.
  Hardware filledUp(int count) {
    List<Gpu> all = new ArrayList<>(gpus);
    while (all.size() < count) {
      all.add(new Gpu("no GPU", 0, 0, Driver.CUDA));
    }
    return new Hardware(all, hostTotalBytes, hostFreeBytes);
  }

  /// What was found on this machine. A GPU that nobody tells the memory of is left out; where one
  /// shares the host's memory, what it may take counts as its own and no longer as the host's.
  public static Hardware of(Inventory inventory) {
    List<Gpu> gpus = new ArrayList<>();
    long lent = 0;
    for (dev.corral.hardware.Gpu gpu : inventory.gpus()) {
      Optional<Gpu> counted = of(gpu);
      counted.ifPresent(gpus::add);
      lent += gpu.shared() ? counted.map(Gpu::freeBytes).orElse(0L) : 0;
    }
    HostMemory host = inventory.host();
    return new Hardware(gpus, host.totalBytes(), Math.max(0, host.freeBytes() - lent));
  }

  /// One GPU as the arithmetic takes it; empty where nobody tells its memory.
  public static Optional<Gpu> of(dev.corral.hardware.Gpu gpu) {
    OptionalLong total = gpu.totalBytes();
    OptionalLong free = gpu.freeBytes();
    return total.isPresent() && free.isPresent()
        ? Optional.of(
            new Gpu(gpu.name(), total.getAsLong(), free.getAsLong(), driver(gpu.vendor())))
        : Optional.empty();
  }

  private static Driver driver(Vendor vendor) {
    return switch (vendor) {
      case NVIDIA -> Driver.CUDA;
      case AMD -> Driver.ROCM;
      case INTEL -> Driver.VULKAN;
      case APPLE -> Driver.METAL;
    };
  }

  /// RAM that a model may take.
  public long hostUsableBytes() {
    return Math.max(0, hostFreeBytes - Math.max(HOST_RESERVE, hostTotalBytes / HOST_SHARE));
  }

  /// What speaks to a GPU, and what its context takes before the first model; source: the
  /// memory-fit note, section 3.5 (CUDA and Metal measured by others, ROCm and Vulkan guessed).
  public enum Driver {
    CUDA(450),
    ROCM(450),
    VULKAN(300),
    METAL(512);

    private final long contextMebibytes;

    Driver(long contextMebibytes) {
      this.contextMebibytes = contextMebibytes;
    }

    /// As a book of loads calls it.
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    public long contextBytes() {
      return contextMebibytes << 20;
    }
  }

  /// @param freeBytes as the driver tells, before our own context
  public record Gpu(String name, long totalBytes, long freeBytes, Driver driver) {
    private static final long RESERVE = 1L << 30;
    private static final long SHARE = 20;

    /// Memory that somebody else holds now: other programs, the screen, models that are loaded.
    public long heldBytes() {
      return Math.max(0, totalBytes - freeBytes);
    }

    /// What a model may take: free, less the larger of 1 GiB and 5 %, less the driver's context.
    /// The engine's own check keeps 1 GiB, so what fits here is never rejected there.
    public long usableBytes() {
      return Math.max(0, freeBytes - Math.max(RESERVE, totalBytes / SHARE) - driver.contextBytes());
    }
  }
}
