package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/// The program that asks NVIDIA's library, in front of a library of our own with two GPUs.
@EnabledOnOs(OS.LINUX)
class NvmlTest {
  private static final String DOUBLE =
      """
      #include <stdio.h>
      struct memory { unsigned long long total, free, used; };
      int nvmlInit_v2(void) { return 0; }
      int nvmlDeviceGetCount_v2(unsigned *n) { *n = 2; return 0; }
      int nvmlSystemGetDriverVersion(char *s, unsigned n) { snprintf(s, n, "575.64"); return 0; }
      int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **d) { *d = (void *)(long)(i + 1); return 0; }
      int nvmlDeviceGetUUID(void *d, char *s, unsigned n) { snprintf(s, n, "GPU-%ld", (long)d); return 0; }
      int nvmlDeviceGetName(void *d, char *s, unsigned n) { snprintf(s, n, "Card, %ld", (long)d); return 0; }
      int nvmlDeviceGetMemoryInfo(void *d, struct memory *m) {
        if ((long)d == 2) return 3;
        m->total = 24ULL << 30; m->free = 20ULL << 30; m->used = 4ULL << 30; return 0; }
      int nvmlDeviceGetMigMode(void *d, unsigned *now, unsigned *next) { return 3; }
      """;

  private static final Programs PROGRAMS =
      new Programs(List.of(Path.of("/usr/bin")), Duration.ofMinutes(5));

  @TempDir private Path folder;

  @Test
  void itPrintsWhatTheToolWould() throws IOException {
    Path source = Files.writeString(folder.resolve("double.c"), DOUBLE);
    Path library = folder.resolve("libnvidia-ml.so.1");
    List<String> compile =
        List.of("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString());
    assumeTrue(PROGRAMS.output(compile).isPresent(), "no C compiler, so no library to ask");
    List<String> command = new ArrayList<>(Nvml.command());
    command.add(library.toString());
    assertThat(PROGRAMS.output(command).orElseThrow().lines())
        .containsExactly(
            "GPU-1, [N/A], 24576, 20480, 575.64, [N/A], Card, 1",
            "GPU-2, [N/A], [N/A], [N/A], 575.64, [N/A], Card, 2");
  }

  @Test
  void aLibraryThatIsNoneEndsTheProgramWithoutAnAnswer() throws IOException {
    List<String> command = new ArrayList<>(Nvml.command());
    command.add(Files.writeString(folder.resolve("libnvidia-ml.so.1"), "no library").toString());
    assertThat(PROGRAMS.output(command)).isEmpty();
  }
}
