package dev.corral.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Recordings of real machines, tried by hand: `CORRAL_TOOL_OUTPUTS` names a folder of them. Below
/// it, `nvidia-smi` and `rocm-smi` hold files with what the tool printed for our question, and
/// `sysfs` folders with the trees of machines. What a name has behind its first comma are the cards
/// that are to be found: MiB of each, `-` where nobody tells, an `s` in front where the host's
/// memory is shared, `half` for half of it.
@EnabledIfEnvironmentVariable(
    named = "CORRAL_TOOL_OUTPUTS",
    matches = ".+",
    disabledReason = "CORRAL_TOOL_OUTPUTS does not name a folder of recordings")
class RecordedToolsTest {
  @TempDir private Path root;

  private static Stream<Path> recordings(String tool) throws IOException {
    Path folder = Path.of(System.getenv("CORRAL_TOOL_OUTPUTS"), tool);
    if (!Files.isDirectory(folder)) {
      return Stream.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    }
  }

  static Stream<Path> nvidia() throws IOException {
    return recordings("nvidia-smi");
  }

  static Stream<Path> rocm() throws IOException {
    return recordings("rocm-smi");
  }

  static Stream<Path> trees() throws IOException {
    return recordings("sysfs");
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("nvidia")
  void nvidiasToolIsUnderstood(Path recording) throws IOException {
    Place place = new Place(root).tool("mig.mode.current,name", Files.readString(recording));
    assertThat(told(place.gpus())).isEqualTo(expected(recording));
    assertThat(place.gpus())
        .allSatisfy(gpu -> {
          assertThat(gpu.name()).startsWith("NVIDIA");
          assertThat(gpu.driver()).matches("[0-9.]+");
        });
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("rocm")
  void amdsToolIsUnderstood(Path recording) throws IOException {
    Place place = new Place(root).file("sys/class/drm/card0/device/vendor", "0x1002");
    place.tool("rocm-smi", Files.readString(recording));
    assertThat(told(place.gpus())).isEqualTo(expected(recording));
    assertThat(place.gpus())
        .allSatisfy(gpu -> {
          assertThat(gpu.id()).matches("[0-9a-fA-F]{4}:[0-9a-fA-F]{2}:[0-9a-fA-F]{2}\\.\\d");
          assertThat(gpu.name()).doesNotStartWith("0x");
          assertThat(gpu.freeBytes().orElseThrow()).isPositive();
        });
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("trees")
  void theTreeOfAMachineIsUnderstood(Path recording) throws IOException {
    Place place = new Place(root).link("sys", recording.resolve("sys"));
    assertThat(told(place.gpus())).isEqualTo(expected(recording));
    assertThat(place.gpus())
        .allSatisfy(gpu -> {
          assertThat(gpu.id()).matches("[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.\\d");
          assertThat(gpu.freeBytes().orElse(0)).isLessThanOrEqualTo(gpu.totalBytes().orElse(0));
        });
  }

  private static List<String> expected(Path recording) {
    String name = recording.getFileName().toString().replaceFirst("\\.(txt|json)$", "");
    return Arrays.stream(name.split(",")).skip(1).toList();
  }

  private static List<String> told(List<Gpu> gpus) {
    return gpus.stream().map(RecordedToolsTest::told).toList();
  }

  private static String told(Gpu gpu) {
    if (gpu.totalBytes().isEmpty()) {
      return "-";
    }
    long total = gpu.totalBytes().getAsLong();
    if (gpu.shared() && total == Place.HOST / 2) {
      return "half";
    }
    return (gpu.shared() ? "s" : "") + (total >> 20);
  }
}
