package dev.corral.fit;

import java.util.Locale;

/// Where blocks, cache and experts are put.
public sealed interface Placement {
  /// Whatever suits the machine: on the GPUs as much as fits, without any on the host.
  record Auto() implements Placement {}

  /// Everything on one GPU but the input tables.
  record Gpu() implements Placement {}

  /// No GPU at all.
  record Cpu() implements Placement {}

  /// The output layer and the last half of the blocks on the GPU.
  record GpuHalf() implements Placement {}

  /// Everything on two GPUs that work as a pipeline, dealt by their free memory.
  record GpuTwo() implements Placement {}

  /// Weights on the GPU, the cache on the host.
  record KvOnHost() implements Placement {}

  /// All routed experts on the host, everything else on the GPU.
  record ExpertsOnHost() implements Placement {}

  /// As many on the GPU as said; the output layer counts as one and goes first, then the last
  /// blocks.
  ///
  /// @param onDevice 0 or more; more than there are means all
  record Blocks(int onDevice) implements Placement {
    public Blocks {
      if (onDevice < 0) {
        throw new IllegalArgumentException("blocks=N needs a number from 0 up");
      }
    }
  }

  /// Reads `auto`, `gpu`, `cpu`, `gpu-half`, `gpu-two`, `gpu-kv-on-host`, `gpu-experts-on-host`,
  /// `blocks=N`.
  ///
  /// @throws IllegalArgumentException with the forms that are understood
  static Placement parse(String text) {
    String folded = text.strip().toLowerCase(Locale.ROOT);
    return switch (folded) {
      case "auto" -> new Auto();
      case "gpu" -> new Gpu();
      case "cpu" -> new Cpu();
      case "gpu-half" -> new GpuHalf();
      case "gpu-two" -> new GpuTwo();
      case "gpu-kv-on-host" -> new KvOnHost();
      case "gpu-experts-on-host" -> new ExpertsOnHost();
      default -> {
        if (folded.matches("blocks=\\d{1,4}")) {
          yield new Blocks(Integer.parseInt(folded.substring("blocks=".length())));
        }
        throw new IllegalArgumentException(
            "'"
                + text
                + "' is no placement; write auto, gpu, cpu, gpu-half, gpu-two, gpu-kv-on-host,"
                + " gpu-experts-on-host or blocks=N");
      }
    };
  }

  /// GPUs that it takes.
  default int devices() {
    return switch (this) {
      case Cpu() -> 0;
      case GpuTwo() -> 2;
      case Auto _, Gpu _, GpuHalf _, KvOnHost _, ExpertsOnHost _, Blocks _ -> 1;
    };
  }

  /// As it is written.
  default String text() {
    return switch (this) {
      case Auto() -> "auto";
      case Gpu() -> "gpu";
      case Cpu() -> "cpu";
      case GpuHalf() -> "gpu-half";
      case GpuTwo() -> "gpu-two";
      case KvOnHost() -> "gpu-kv-on-host";
      case ExpertsOnHost() -> "gpu-experts-on-host";
      case Blocks(int onDevice) -> "blocks=" + onDevice;
    };
  }
}
