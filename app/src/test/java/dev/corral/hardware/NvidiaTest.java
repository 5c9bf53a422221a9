package dev.corral.hardware;

import static dev.corral.hardware.Place.GIB;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NvidiaTest {
  private static final String SMI = "memory.free,driver_version,mig.mode.current,name";
  private static final String TWO =
      """
      GPU-6a1f4b7c-aaaa-0001, 00000000:01:00.0, 24564, 23028, 560.35.03, [N/A], NVIDIA GeForce RTX 4090
      GPU-6a1f4b7c-bbbb-0002, 00000000:41:00.0, 81559, 80994, 560.35.03, Disabled, NVIDIA A100, 80GB PCIe
      """;

  @TempDir private Path root;
  private Place place;

  @BeforeEach
  void aMachine() throws IOException {
    place = new Place(root);
  }

  @Test
  void eachGpuTellsItsMemoryNameAndDriver() {
    place.tool(SMI, TWO);
    assertThat(place.gpus()).hasSize(2);
    Gpu first = place.gpus().getFirst();
    assertThat(first.name()).isEqualTo("NVIDIA GeForce RTX 4090");
    assertThat(first.totalBytes()).hasValue(24564L << 20);
    assertThat(first.freeBytes()).hasValue(23028L << 20);
    assertThat(first.driver()).isEqualTo("560.35.03");
    assertThat(first.source()).isEqualTo("nvidia-smi");
    assertThat(first.shared()).isFalse();
    assertThat(place.gpus().getLast().name()).isEqualTo("NVIDIA A100, 80GB PCIe");
  }

  @Test
  void theLibraryIsAskedBeforeTheTool() throws IOException {
    place.file("usr/lib64/libnvidia-ml.so.1").tool(SMI, TWO);
    place.tool("dev.corral.hardware.Nvml", "GPU-1, [N/A], 8192, 8000, 550.1, [N/A], NVIDIA L4\n");
    assertThat(place.gpus()).singleElement().returns("nvml", Gpu::source);
  }

  @Test
  void aLibraryThatDoesNotAnswerIsPassedOver() throws IOException {
    place.file("usr/lib64/libnvidia-ml.so.1").tool(SMI, TWO);
    assertThat(place.gpus()).hasSize(2).first().returns("nvidia-smi", Gpu::source);
  }

  @Test
  void anOldToolIsAskedForLess() {
    place.tool(
        "memory.free,driver_version,name",
        "GPU-1, 00000000:01:00.0, 4096, 4000, 390.157, Quadro K2000\n");
    assertThat(place.gpus()).singleElement().returns("Quadro K2000", Gpu::name);
  }

  @Test
  void aGpuWithoutMemoryOfItsOwnSharesTheHosts() {
    place.tool(SMI, "GPU-1, 0000000F:01:00.0, [N/A], [N/A], 580.95, [N/A], NVIDIA GB10\n");
    Gpu gpu = place.gpus().getFirst();
    assertThat(gpu.shared()).isTrue();
    assertThat(gpu.totalBytes()).hasValue(16 * GIB);
    assertThat(gpu.freeBytes().orElseThrow()).isBetween(6 * GIB, 7 * GIB);
  }

  @Test
  void whatNobodyMayTellIsUnknownAndNotZero() {
    for (String line :
        new String[] {
          "GPU-1, x, [Insufficient Permissions], [Insufficient Permissions], 550.1, [N/A], A",
          "GPU-1, x, [N/A], [N/A], 550.1, Enabled, NVIDIA H100",
          "GPU-1, x, 81559, 81022, 590.48.01, Enabled, NVIDIA H100 80GB HBM3",
          "GPU-1, x, [Unknown Error], 12, [N/A], [N/A], A"
        }) {
      place.tool(SMI, line);
      Gpu gpu = place.gpus().getFirst();
      assertThat(gpu.totalBytes()).as(line).isEmpty();
      assertThat(gpu.freeBytes()).as(line).isEmpty();
      assertThat(gpu.shared()).as(line).isFalse();
    }
  }

  @Test
  void wordsThatAreNoGpuAreNone() {
    for (String output :
        new String[] {
          "",
          "No devices were found\n",
          "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
          "GPU-1, x, 1",
          ",,,,,,\n\0\n"
        }) {
      place.tool(SMI, output);
      assertThat(place.gpus()).as(output).isEmpty();
    }
  }

  @Test
  void aDriverWithoutItsToolStillNamesTheGpu() throws IOException {
    place.file(
        "proc/driver/nvidia/gpus/0000:01:00.0/information",
        "Model: \t\t NVIDIA GeForce RTX 3060",
        "IRQ:   \t\t 139",
        "GPU UUID: \t GPU-5d1c",
        "Bus Location: \t 0000:01:00.0");
    assertThat(place.gpus())
        .singleElement()
        .returns("NVIDIA GeForce RTX 3060", Gpu::name)
        .returns("GPU-5d1c", Gpu::id)
        .returns("proc", Gpu::source);
  }

  @Test
  void whatIsHiddenFromCudaIsNotOurs() {
    place.tool(SMI, TWO);
    assertThat(place.variable("CUDA_VISIBLE_DEVICES", "1,0").gpus())
        .extracting(Gpu::id)
        .containsExactly("GPU-6a1f4b7c-bbbb-0002", "GPU-6a1f4b7c-aaaa-0001");
    assertThat(place.variable("CUDA_VISIBLE_DEVICES", "GPU-6a1f4b7c-b").gpus())
        .extracting(Gpu::id)
        .containsExactly("GPU-6a1f4b7c-bbbb-0002");
    assertThat(place.variable("CUDA_VISIBLE_DEVICES", "0,7,1").gpus()).hasSize(1);
    assertThat(place.variable("CUDA_VISIBLE_DEVICES", "0,0,1").gpus()).hasSize(1);
    assertThat(place.variable("CUDA_VISIBLE_DEVICES", "").gpus()).isEmpty();
    assertThat(place.variable("CUDA_VISIBLE_DEVICES", "-1").gpus()).isEmpty();
  }
}
