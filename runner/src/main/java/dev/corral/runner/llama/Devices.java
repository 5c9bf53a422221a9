package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// What this process can compute on.
public final class Devices {

  /// `GGML_BACKEND_DEVICE_TYPE_GPU`.
  private static final int GPU = 1;

  private Devices() {}

  /// @param name `CPU`, `CUDA0`, …
  public record Found(String name, String description, long totalBytes, long freeBytes) {}

  /// How many GPUs there are, in the order by which they are named.
  public static int gpus(Natives natives) {
    int gpus = 0;
    long count = natives.call("ggml_backend_dev_count").asLong();
    for (long i = 0; i < count; i++) {
      var device = natives.call("ggml_backend_dev_get").asLong(i);
      if (natives.call("ggml_backend_dev_type").asInt(device) == GPU) {
        gpus++;
      }
    }
    return gpus;
  }

  /// All devices of the back ends that were loaded, with their memory as it is now.
  public static List<Found> find(Natives natives) {
    var found = new ArrayList<Found>();
    long count = natives.call("ggml_backend_dev_count").asLong();
    try (var arena = Arena.ofConfined()) {
      var free = arena.allocate(JAVA_LONG);
      var total = arena.allocate(JAVA_LONG);
      for (long i = 0; i < count; i++) {
        var device = natives.call("ggml_backend_dev_get").asLong(i);
        natives.call("ggml_backend_dev_memory").run(device, free.address(), total.address());
        var name = natives.call("ggml_backend_dev_name").asPointer(device);
        var words = natives.call("ggml_backend_dev_description").asPointer(device);
        found.add(
            new Found(
                Call.text(name),
                Call.text(words),
                total.get(JAVA_LONG, 0),
                free.get(JAVA_LONG, 0)));
      }
    }
    return List.copyOf(found);
  }
}
