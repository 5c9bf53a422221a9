package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What this process may use, told by files as the kernel writes them.
class HostMemoryTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path root;

  @BeforeEach
  void aMachineOf16GiB() throws IOException {
    write(
        "proc/meminfo",
        "MemTotal:       16777216 kB",
        "MemFree:  1024 kB",
        "MemAvailable:    8388608 kB");
  }

  @Test
  void availableIsMoreThanFreeBecausePageCacheIsGivenBack() {
    HostMemory memory = HostMemory.read(root);
    assertThat(memory.totalBytes()).isEqualTo(16 * GIB);
    assertThat(memory.freeBytes()).isEqualTo(8 * GIB);
    assertThat(memory.source()).isEqualTo("meminfo");
  }

  @Test
  void aControlGroupsLimitCountsWithoutItsPageCache() throws IOException {
    write("proc/self/cgroup", "0::/app/corral");
    write("sys/fs/cgroup/app/corral/memory.max", Long.toString(4 * GIB));
    write("sys/fs/cgroup/app/corral/memory.current", Long.toString(3 * GIB));
    write(
        "sys/fs/cgroup/app/corral/memory.stat",
        "anon 1",
        "inactive_file " + GIB,
        "active_file " + GIB);
    HostMemory memory = HostMemory.read(root);
    assertThat(memory.totalBytes()).isEqualTo(4 * GIB);
    assertThat(memory.freeBytes()).isEqualTo(3 * GIB);
    assertThat(memory.source()).isEqualTo("cgroup");
  }

  @Test
  void theTightestGroupAboveUsCounts() throws IOException {
    write("proc/self/cgroup", "0::/app/corral");
    write("sys/fs/cgroup/app/corral/memory.max", "max");
    write("sys/fs/cgroup/app/memory.max", Long.toString(2 * GIB));
    write("sys/fs/cgroup/app/memory.current", Long.toString(GIB));
    assertThat(HostMemory.read(root).freeBytes()).isEqualTo(GIB);
  }

  @Test
  void inAContainerTheMountItselfIsOurGroup() throws IOException {
    write("proc/self/cgroup", "0::/docker/0123abc");
    write("sys/fs/cgroup/memory.max", Long.toString(GIB));
    write("sys/fs/cgroup/memory.current", "0");
    assertThat(HostMemory.read(root).freeBytes()).isEqualTo(GIB);
  }

  @Test
  void groupsOfTheFirstVersionAreReadToo() throws IOException {
    write("proc/self/cgroup", "5:cpu:/x", "9:memory:/docker/0123abc");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", Long.toString(2 * GIB));
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", Long.toString(2 * GIB));
    write("sys/fs/cgroup/memory/memory.stat", "total_inactive_file " + GIB);
    assertThat(HostMemory.read(root).freeBytes()).isEqualTo(GIB);
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
    assertThat(HostMemory.read(root).freeBytes()).as("no limit").isEqualTo(8 * GIB);
  }

  /// `hardware/recorded` is what one machine's kernel wrote (names of its groups are ours): groups
  /// of the first version beside an empty tree of the second, none with a limit.
  @Test
  void aMachineThatWasRecordedIsUnderstoodAlsoOnceItsGroupHasALimit() throws Exception {
    Path recorded = Path.of(HostMemoryTest.class.getResource("/hardware/recorded").toURI());
    HostMemory memory = HostMemory.read(recorded);
    assertThat(memory.totalBytes()).isEqualTo(24684092L << 10);
    assertThat(memory.freeBytes()).isEqualTo(24082948L << 10);
    assertThat(memory.source()).isEqualTo("meminfo");
    try (Stream<Path> files = Files.walk(recorded)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        write(recorded.relativize(file).toString(), Files.readString(file).split("\n"));
      }
    }
    write("sys/fs/cgroup/memory/box/corral/memory.limit_in_bytes", Long.toString(GIB));
    assertThat(HostMemory.read(root).source()).isEqualTo("cgroup");
    assertThat(HostMemory.read(root).totalBytes()).isEqualTo(GIB);
    assertThat(HostMemory.read(root).freeBytes())
        .as("without its page cache")
        .isEqualTo(GIB - 19734528);
  }

  @Test
  void aSystemThatTellsNothingIsGuessedAtHalf() {
    HostMemory memory = HostMemory.read(root.resolve("elsewhere"));
    assertThat(memory.source()).isEqualTo("guess");
    assertThat(memory.freeBytes()).isEqualTo(memory.totalBytes() / 2);
  }

  @Test
  void aProcessOwnsItsPagesAndMapsItsWeights() throws IOException {
    Path status =
        write("status", "RssAnon:\t   1024 kB", "RssFile:\t   2048 kB", "RssShmem:\t 0 kB");
    ProcessMemory memory = ProcessMemory.read(status);
    assertThat(memory.ownBytes()).isEqualTo(1 << 20);
    assertThat(memory.mappedBytes()).isEqualTo(2 << 20);
    assertThat(ProcessMemory.read(root.resolve("gone")).residentBytes()).isZero();
  }

  @Test
  void twoThreadsOnOneCoreComputeOnce() throws IOException {
    for (int i = 0; i < 12; i++) {
      write("cpu/cpu" + i + "/topology/thread_siblings_list", (i / 2 * 2) + "-" + (i / 2 * 2 + 1));
    }
    Processors twelve = Processors.read(root.resolve("cpu"), 12);
    assertThat(twelve.cores()).isEqualTo(6);
    assertThat(twelve.forOneModel()).as("one is left to the machine").isEqualTo(5);
    assertThat(Processors.read(root.resolve("cpu"), 2).forOneModel())
        .as("within our share")
        .isEqualTo(2);
    assertThat(Processors.read(root.resolve("none"), 4).forOneModel()).isEqualTo(4);
  }

  @Test
  void gpusAreKnownByTheirSigns() throws IOException {
    assertThat(GpuSigns.read(root, "Linux", "amd64").any()).isFalse();
    write("proc/driver/nvidia/version", "NVRM version");
    Files.createDirectories(root.resolve("dev/dri"));
    assertThat(GpuSigns.read(root, "Linux", "amd64").variants()).containsExactly("cuda", "vulkan");
    assertThat(GpuSigns.read(root, "Mac OS X", "aarch64").variants()).first().isEqualTo("metal");
  }

  private Path write(String name, String... lines) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, List.of(lines));
  }
}
