package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTest {
  @TempDir private Path folder;

  @Test
  void aFolderThatIsStillToBeMadeLiesWhereTheOneAboveItDoes() {
    Disk disk = Disk.of(folder.resolve("models/blobs")).orElseThrow();
    assertThat(disk.totalBytes()).isEqualTo(Disk.of(folder).orElseThrow().totalBytes());
    assertThat(disk.freeBytes()).isBetween(1L, disk.totalBytes());
  }

  @Test
  void thisMachineCanBeLookedAt() {
    Inventory inventory = Inventory.read();
    assertThat(inventory.host().totalBytes()).isPositive();
    assertThat(inventory.at()).isEqualTo(inventory.host().at());
  }
}
