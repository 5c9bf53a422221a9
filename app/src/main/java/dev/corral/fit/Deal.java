package dev.corral.fit;

import java.util.List;

/// Which device each block goes to: 0 is the host, 1 and up are GPUs.
///
/// @param devices GPUs
/// @param first the first block that is on a GPU; the number of all blocks where only the output
///   is, one more where not even that
/// @param share ends of the GPUs' shares of what is offloaded, rising to 1
record Deal(
    int devices,
    int allBlocks,
    int first,
    List<Double> share,
    boolean cacheOnHost,
    boolean expertsOnHost) {

  static Deal of(Placement placement, Shape shape, List<Double> freeShares) {
    int all = shape.allBlocks();
    return switch (placement) {
      case Placement.Auto _, Placement.Gpu _ -> one(all, 0, false, false);
      case Placement.Cpu() -> new Deal(0, all, all + 1, List.of(), false, false);
      // half of the blocks that run: the engine's own count, whatever drafts follow
      case Placement.GpuHalf() -> one(all, all + 1 - (all / 2 + 1), false, false);
      case Placement.GpuTwo() -> new Deal(2, all, 0, freeShares, false, false);
      case Placement.KvOnHost() -> one(all, 0, true, false);
      case Placement.ExpertsOnHost() -> one(all, 0, false, true);
      case Placement.Blocks(int n) -> one(all, Math.max(0, all + 1 - n), false, false);
    };
  }

  private static Deal one(int all, int first, boolean cacheOnHost, boolean expertsOnHost) {
    return new Deal(1, all, first, List.of(1.0), cacheOnHost, expertsOnHost);
  }

  /// The device of a block; the output layer is the block after the last.
  int block(int index) {
    if (devices == 0 || index < first) {
      return 0;
    }
    int offloaded = allBlocks + 1 - first;
    // in single precision, as the engine compares them
    float at = (float) (index - first) / offloaded;
    int device = 0;
    while (device < devices - 1 && at >= share.get(device).floatValue()) {
      device++;
    }
    return device + 1;
  }

  int output() {
    return block(allBlocks);
  }

  int cache(int block) {
    return cacheOnHost ? 0 : block(block);
  }

  /// True where some blocks run on the host and others on a GPU.
  boolean partial() {
    return devices > 0 && first > 0;
  }
}
