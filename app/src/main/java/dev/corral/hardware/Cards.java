package dev.corral.hardware;

import dev.corral.hardware.Gpu.Vendor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// AMD's and Intel's GPUs, as their drivers tell in `sys/class/drm/card0/device/`. AMD counts what
/// graphics programs hold, which its compute library does not.
final class Cards {
  private static final String AMD = "0x1002";
  private static final String INTEL = "0x8086";

  /// AMD's processors with graphics set some memory aside, a little or a lot, and lend the rest
  /// from the host (GTT). Their `gpu_metrics` has a format of its own: the third byte is 1 for a
  /// card and more for a processor; source: `kgd_pp_interface.h` of the kernel.
  private static final int FORMAT_AT = 2;

  private static final int FORMAT_OF_CARDS = 1;

  /// Where there is no such file: no card that is worth a model has so little.
  private static final long SET_ASIDE = 2L << 30;

  /// The graphics of Intel's processors are always this device; a card is another.
  private static final String IN_A_PROCESSOR = "0000:00:02.0";

  private final Path folder;
  private final Map<String, String> variables;
  private final HostMemory host;
  private final Commands commands;

  Cards(Surroundings surroundings, HostMemory host) {
    this.folder = surroundings.root().resolve("sys/class/drm");
    this.variables = surroundings.variables();
    this.host = host;
    this.commands = surroundings.commands();
  }

  List<Gpu> gpus() {
    List<Gpu> amd = new ArrayList<>();
    List<Gpu> intel = new ArrayList<>();
    for (Path card : Kernel.entries(folder)) {
      if (!String.valueOf(card.getFileName()).matches("card\\d+")) {
        continue; // `card0-DP-1` is a connector
      }
      Path device = card.resolve("device");
      switch (String.join("", Kernel.lines(device.resolve("vendor"))).strip()) {
        case AMD -> amd.add(amd(device));
        case INTEL -> intel.add(intel(card, device));
        default -> {} // NVIDIA is asked elsewhere, and others run no models
      }
    }
    List<Gpu> visible =
        new ArrayList<>(
            Visible.of(
                measured(amd), variables, List.of("ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")));
    visible.addAll(intel);
    return visible;
  }

  /// A driver whose files tell no memory is asked through its tool.
  private List<Gpu> measured(List<Gpu> amd) {
    if (!amd.isEmpty() && amd.stream().allMatch(gpu -> gpu.totalBytes().isPresent())) {
      return amd;
    }
    List<Gpu> told = new Rocm(commands).gpus();
    return told.isEmpty() ? amd : told;
  }

  private Gpu amd(Path device) {
    OptionalLong total = Kernel.number(device.resolve("mem_info_vram_total"));
    OptionalLong used = Kernel.number(device.resolve("mem_info_vram_used"));
    OptionalLong lent = Kernel.number(device.resolve("mem_info_gtt_total"));
    OptionalLong lentUsed = Kernel.number(device.resolve("mem_info_gtt_used"));
    OptionalLong free = less(total, used);
    boolean shared = total.isPresent() && lent.isPresent() && lends(device, total, lent);
    if (shared) {
      OptionalLong left = less(lent, lentUsed);
      total = OptionalLong.of(total.getAsLong() + lent.getAsLong());
      free =
          free.isPresent() && left.isPresent()
              ? OptionalLong.of(free.getAsLong() + Math.min(left.getAsLong(), Shares.free(host)))
              : OptionalLong.empty();
    }
    return gpu(device, Vendor.AMD, total, free, shared);
  }

  private static boolean lends(Path device, OptionalLong total, OptionalLong lent) {
    byte[] metrics = Kernel.bytes(device.resolve("gpu_metrics"), FORMAT_AT + 1);
    return metrics.length > FORMAT_AT
        ? metrics[FORMAT_AT] > FORMAT_OF_CARDS
        : total.orElse(0) < SET_ASIDE && lent.orElse(0) > total.orElse(0);
  }

  private Gpu intel(Path card, Path device) {
    OptionalLong total = tiles(device);
    if (total.isEmpty()) {
      total = Kernel.number(card.resolve("lmem_total_bytes"));
    }
    if (total.isPresent()) {
      OptionalLong free = Kernel.number(card.resolve("lmem_avail_bytes"));
      return gpu(device, Vendor.INTEL, total, free, false);
    }
    String slot = Kernel.text(Kernel.lines(device.resolve("uevent")), "PCI_SLOT_NAME=");
    if (!slot.isEmpty() && !slot.equals(IN_A_PROCESSOR)) {
      // the drivers of the kernel itself do not tell what a card has
      return gpu(device, Vendor.INTEL, OptionalLong.empty(), OptionalLong.empty(), false);
    }
    long half = host.totalBytes() / 2; // what its driver gives to one process
    long free = Math.min(half, Shares.free(host));
    return gpu(device, Vendor.INTEL, OptionalLong.of(half), OptionalLong.of(free), true);
  }

  /// The newer driver tells the memory of each part of a GPU.
  private static OptionalLong tiles(Path device) {
    return Kernel.entries(device).stream()
        .filter(entry -> String.valueOf(entry.getFileName()).matches("tile\\d+"))
        .map(tile -> Kernel.number(tile.resolve("physical_vram_size_bytes")))
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .reduce(Long::sum)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  /// What is left; empty where one of them is not told.
  static OptionalLong less(OptionalLong total, OptionalLong used) {
    return total.isPresent() && used.isPresent()
        ? OptionalLong.of(Math.max(0, total.getAsLong() - used.getAsLong()))
        : OptionalLong.empty();
  }

  private static Gpu gpu(
      Path device, Vendor vendor, OptionalLong total, OptionalLong free, boolean shared) {
    List<String> event = Kernel.lines(device.resolve("uevent"));
    String product = String.join("", Kernel.lines(device.resolve("product_name"))).strip();
    String number = String.join("", Kernel.lines(device.resolve("device"))).strip();
    String maker = vendor == Vendor.AMD ? "AMD" : "Intel";
    return new Gpu(
        Kernel.text(event, "PCI_SLOT_NAME="),
        product.isEmpty() ? (maker + " GPU " + number).strip() : product,
        vendor,
        total,
        free,
        shared,
        Kernel.text(event, "DRIVER="),
        "sysfs");
  }
}
