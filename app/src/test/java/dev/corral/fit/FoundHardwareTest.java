package dev.corral.fit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.corral.hardware.Gpu;
import dev.corral.hardware.Gpu.Vendor;
import dev.corral.hardware.HostMemory;
import dev.corral.hardware.Inventory;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// What was found on a machine, as the arithmetic takes it.
class FoundHardwareTest {
  private static final long GIB = 1L << 30;

  private static Hardware with(Gpu... gpus) {
    HostMemory host = new HostMemory(64 * GIB, 48 * GIB, "meminfo", Instant.EPOCH);
    return Hardware.of(new Inventory(List.of(gpus), host, Instant.EPOCH));
  }

  private static Gpu gpu(Vendor vendor, OptionalLong free, boolean shared) {
    OptionalLong total = OptionalLong.of(24 * GIB);
    return new Gpu("id", "card", vendor, total, free, shared, "", "sysfs");
  }

  @Test
  void aCardCountsWithItsOwnMemory() {
    Hardware hardware = with(gpu(Vendor.NVIDIA, OptionalLong.of(20 * GIB), false));
    assertThat(hardware.gpus())
        .containsExactly(new Hardware.Gpu("card", 24 * GIB, 20 * GIB, Hardware.Driver.CUDA));
    assertThat(hardware.hostFreeBytes()).isEqualTo(48 * GIB);
  }

  @Test
  void memoryThatAGpuSharesIsCountedOnce() {
    Hardware hardware = with(gpu(Vendor.APPLE, OptionalLong.of(20 * GIB), true));
    assertThat(hardware.gpus().getFirst().driver()).isEqualTo(Hardware.Driver.METAL);
    assertThat(hardware.hostFreeBytes()).isEqualTo(28 * GIB);
  }

  @Test
  void aGpuOfUnknownMemoryIsNotCounted() {
    assertThat(with(gpu(Vendor.INTEL, OptionalLong.empty(), false)).gpus()).isEmpty();
  }
}
