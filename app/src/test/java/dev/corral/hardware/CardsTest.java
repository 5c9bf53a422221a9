package dev.corral.hardware;

import static dev.corral.hardware.Place.GIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.corral.hardware.Gpu.Vendor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// GPUs of AMD, Intel and Apple.
class CardsTest {
  @TempDir private Path root;
  private Place place;

  @BeforeEach
  void aMachine() throws IOException {
    place = new Place(root);
  }

  private void amd(int card, String bus, long total, long used) throws IOException {
    String device = "sys/class/drm/card" + card + "/device/";
    place
        .file(device + "vendor", "0x1002")
        .file(device + "device", "0x744c")
        .file(device + "uevent", "DRIVER=amdgpu", "PCI_ID=1002:744C", "PCI_SLOT_NAME=" + bus)
        .file(device + "mem_info_vram_total", Long.toString(total))
        .file(device + "mem_info_vram_used", Long.toString(used));
  }

  @Test
  void anAmdCardTellsWhatItsDriverCounts() throws IOException {
    amd(1, "0000:03:00.0", 24 * GIB, 3 * GIB);
    place.file("sys/class/drm/card1-DP-1/device/vendor", "0x1002");
    Gpu gpu = place.gpus().getFirst();
    assertThat(place.gpus()).hasSize(1);
    assertThat(gpu.vendor()).isEqualTo(Vendor.AMD);
    assertThat(gpu.id()).isEqualTo("0000:03:00.0");
    assertThat(gpu.name()).isEqualTo("AMD GPU 0x744c");
    assertThat(gpu.totalBytes()).hasValue(24 * GIB);
    assertThat(gpu.freeBytes()).hasValue(21 * GIB);
    assertThat(gpu.driver()).isEqualTo("amdgpu");
    assertThat(gpu.source()).isEqualTo("sysfs");
  }

  @Test
  void cardsAreCountedInTheirOrderAndMayBeHidden() throws IOException {
    amd(10, "0000:10:00.0", 16 * GIB, 0);
    amd(2, "0000:02:00.0", 16 * GIB, 0);
    place.file("sys/class/drm/card10/device/product_name", "Radeon PRO W7900");
    assertThat(place.gpus()).extracting(Gpu::id).containsExactly("0000:02:00.0", "0000:10:00.0");
    assertThat(place.variable("HIP_VISIBLE_DEVICES", "1").gpus())
        .singleElement()
        .returns("Radeon PRO W7900", Gpu::name);
  }

  @Test
  void aDriverWhoseFilesTellNoMemoryIsAskedThroughItsTool() throws IOException {
    place
        .file("sys/class/drm/card0/device/vendor", "0x1002")
        .file("sys/class/drm/card0/device/uevent", "DRIVER=amdgpu", "PCI_SLOT_NAME=0000:03:00.0")
        .tool(
            "rocm-smi --showmeminfo vram --showproductname --showbus --json",
            """
            WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status

            {"card10": {"VRAM Total Memory (B)": "17163091968", "VRAM Total Used Memory (B)": "92142080",
            "Card series": "0x1002", "Device Name": "N/A", "PCI Bus": "0000:0C:00.0"},
            "card2": {"VRAM Total Memory (B)": "25753026560", "VRAM Total Used Memory (B)": "27856896",
            "Card Series": "Radeon RX 7900 XTX", "Card Model": "0x744c", "PCI Bus": "0000:03:00.0"},
            "system": {"Driver version": "6.12.12"}}
            """);
    assertThat(place.gpus())
        .extracting(Gpu::id, Gpu::name, gpu -> gpu.freeBytes().orElseThrow(), Gpu::source)
        .containsExactly(
            tuple("0000:03:00.0", "Radeon RX 7900 XTX", 25753026560L - 27856896, "rocm-smi"),
            tuple("0000:0C:00.0", "AMD GPU", 17163091968L - 92142080, "rocm-smi"));
    assertThat(place.variable("ROCR_VISIBLE_DEVICES", "1").gpus())
        .singleElement()
        .returns("0000:0C:00.0", Gpu::id);
  }

  @Test
  void aToolThatPrintsATableOrHalfAnObjectTellsNothing() throws IOException {
    place.file("sys/class/drm/card0/device/vendor", "0x1002");
    for (String output : List.of("==== ROCm System Management Interface ====", "{\"card0\": {")) {
      place.tool("rocm-smi", output);
      assertThat(place.gpus())
          .singleElement()
          .returns(OptionalLong.empty(), Gpu::totalBytes)
          .returns("sysfs", Gpu::source);
    }
  }

  @Test
  void aProcessorWithGraphicsLendsFromTheHost() throws IOException {
    amd(0, "0000:c1:00.0", GIB / 2, GIB / 4);
    place
        .file("sys/class/drm/card0/device/mem_info_gtt_total", Long.toString(8 * GIB))
        .file("sys/class/drm/card0/device/mem_info_gtt_used", Long.toString(GIB));
    Gpu gpu = place.gpus().getFirst();
    assertThat(gpu.shared()).isTrue();
    assertThat(gpu.totalBytes()).hasValue(8 * GIB + GIB / 2);
    assertThat(gpu.freeBytes().orElseThrow())
        .as("what the host can still lend")
        .isBetween(6 * GIB + GIB / 4, 7 * GIB);
  }

  @Test
  void aProcessorThatSetsMuchAsideIsKnownByItsMetrics() throws IOException {
    amd(1, "0000:64:00.0", 4 * GIB, GIB);
    place
        .file("sys/class/drm/card1/device/mem_info_gtt_total", Long.toString(30 * GIB))
        .file("sys/class/drm/card1/device/mem_info_gtt_used", "0")
        .bytes("sys/class/drm/card1/device/gpu_metrics", 0x78, 0, 2, 1, 17);
    Gpu gpu = place.gpus().getFirst();
    assertThat(gpu.shared()).isTrue();
    assertThat(gpu.totalBytes()).hasValue(34 * GIB);
    assertThat(gpu.freeBytes().orElseThrow()).isBetween(9 * GIB, 10 * GIB);
  }

  @Test
  void aSmallCardIsKnownByItsMetricsToo() throws IOException {
    amd(0, "0000:01:00.0", GIB, 0);
    place
        .file("sys/class/drm/card0/device/mem_info_gtt_total", Long.toString(8 * GIB))
        .file("sys/class/drm/card0/device/mem_info_gtt_used", "0")
        .bytes("sys/class/drm/card0/device/gpu_metrics", 0x78, 0, 1, 3);
    assertThat(place.gpus())
        .singleElement()
        .returns(false, Gpu::shared)
        .returns(OptionalLong.of(GIB), Gpu::totalBytes);
  }

  @Test
  void intelsNewerDriverTellsEachTile() throws IOException {
    place
        .file("sys/class/drm/card0/device/vendor", "0x8086")
        .file("sys/class/drm/card0/device/device", "0xe20b")
        .file("sys/class/drm/card0/device/uevent", "DRIVER=xe", "PCI_SLOT_NAME=0000:04:00.0")
        .file("sys/class/drm/card0/device/tile0/physical_vram_size_bytes", "" + 8 * GIB)
        .file("sys/class/drm/card0/device/tile1/physical_vram_size_bytes", "" + 4 * GIB);
    Gpu gpu = place.gpus().getFirst();
    assertThat(gpu.totalBytes()).hasValue(12 * GIB);
    assertThat(gpu.freeBytes()).isEmpty();
    assertThat(gpu.driver()).isEqualTo("xe");
  }

  @Test
  void intelsOlderDriverTellsTheCards() throws IOException {
    place
        .file("sys/class/drm/card0/device/vendor", "0x8086")
        .file("sys/class/drm/card0/lmem_total_bytes", "" + 16 * GIB)
        .file("sys/class/drm/card0/lmem_avail_bytes", "" + 15 * GIB);
    assertThat(place.gpus().getFirst().freeBytes()).hasValue(15 * GIB);
  }

  @Test
  void intelsGraphicsInAProcessorTakeUpToHalfOfTheHost() throws IOException {
    place
        .file("sys/class/drm/card0/device/vendor", "0x8086")
        .file("sys/class/drm/card0/device/uevent", "DRIVER=xe", "PCI_SLOT_NAME=0000:00:02.0");
    Gpu gpu = place.gpus().getFirst();
    assertThat(gpu.shared()).isTrue();
    assertThat(gpu.totalBytes()).hasValue(8 * GIB);
    assertThat(gpu.freeBytes().orElseThrow()).isBetween(6 * GIB, 7 * GIB);
  }

  @Test
  void aCardOfIntelsWhoseDriverTellsNoMemoryHasAnUnknownAmountAndNoneOfTheHosts()
      throws IOException {
    place
        .file("sys/class/drm/card1/device/vendor", "0x8086")
        .file("sys/class/drm/card1/device/uevent", "DRIVER=xe", "PCI_SLOT_NAME=0000:09:00.0")
        .file("sys/class/drm/card1/device/tile0/gt0/freq0/max_freq", "2850");
    assertThat(place.gpus())
        .singleElement()
        .returns(OptionalLong.empty(), Gpu::totalBytes)
        .returns(false, Gpu::shared)
        .returns("0000:09:00.0", Gpu::id);
  }

  @Test
  void aCardOfNobodyWeKnowIsNone() throws IOException {
    place
        .file("sys/class/drm/card0/device/vendor", "0x1a03")
        .file("sys/class/drm/card1/device/vendor")
        .file("sys/class/drm/version", "drm 1.1.0");
    assertThat(place.gpus()).isEmpty();
  }

  @Test
  void applesChipsShareTheirMemory() {
    place.system("Mac OS X").tool("machdep.cpu.brand_string", "Apple M2 Max\n");
    place.tool("hw.memsize", Long.toString(96 * GIB)).tool("iogpu.wired_limit_mb", "0\n");
    Gpu gpu = place.gpus().getFirst();
    assertThat(gpu.name()).isEqualTo("Apple M2 Max");
    assertThat(gpu.shared()).isTrue();
    assertThat(gpu.totalBytes()).hasValue(72 * GIB);
    assertThat(gpu.freeBytes()).hasValue(8 * GIB);
    place.tool("iogpu.wired_limit_mb", "81920\n");
    assertThat(place.gpus().getFirst().totalBytes()).hasValue(80 * GIB);
  }

  @Test
  void anAppleWithAnotherMakersProcessorHasNone() {
    place.system("Mac OS X").tool("machdep.cpu.brand_string", "Intel(R) Core(TM) i7\n");
    place.tool("hw.memsize", Long.toString(16 * GIB));
    assertThat(place.gpus()).isEmpty();
  }

  @Test
  void aMachineWithoutAnyHasNone() {
    assertThat(place.gpus()).isEmpty();
  }
}
