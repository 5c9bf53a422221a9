package dev.corral.engine;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What a runner sees of our environment: what it needs to run and to find its GPUs, and nothing
/// else. Keys and addresses of ours stay here, and so does what would make ggml load code from
/// elsewhere (`GGML_BACKEND_PATH`) or llama-server read settings (`LLAMA_ARG_*`).
final class Surroundings {
  private static final List<String> PASSED =
      List.of(
          "PATH",
          "HOME",
          "LANG",
          "LC_ALL",
          "TZ",
          "TMPDIR",
          "LD_LIBRARY_PATH",
          "DYLD_LIBRARY_PATH",
          "CUDA_VISIBLE_DEVICES",
          "CUDA_DEVICE_ORDER",
          "NVIDIA_VISIBLE_DEVICES",
          "NVIDIA_DRIVER_CAPABILITIES",
          "HIP_VISIBLE_DEVICES",
          "ROCR_VISIBLE_DEVICES",
          "GPU_DEVICE_ORDINAL",
          "HSA_OVERRIDE_GFX_VERSION",
          "GGML_VK_VISIBLE_DEVICES",
          "VK_ICD_FILENAMES",
          "VK_DRIVER_FILES",
          "SYSTEMROOT",
          "WINDIR",
          "TEMP",
          "TMP",
          "USERPROFILE",
          "LOCALAPPDATA");

  private Surroundings() {}

  static Map<String, String> of(Map<String, String> environment) {
    Map<String, String> passed = new TreeMap<>();
    environment.forEach((name, value) -> {
      if (PASSED.contains(name.toUpperCase(Locale.ROOT))) {
        passed.put(name, value);
      }
    });
    // A crash would otherwise start a debugger on the process, which hangs where it may not.
    passed.put("GGML_NO_BACKTRACE", "1");
    return passed;
  }
}
