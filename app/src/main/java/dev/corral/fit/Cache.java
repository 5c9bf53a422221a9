package dev.corral.fit;

import dev.corral.gguf.TensorType;

/// Bytes of keys, values and recurrent states, exactly.
final class Cache {
  private static final long FLOAT = 4;

  private Cache() {}

  /// One block's share.
  static long bytes(Shape shape, int index, Run run) {
    Block block = shape.blocks().get(index);
    long bytes = 0;
    if (block.caches()) {
      long cells = run.streams() * run.cells(block);
      bytes += cells * row(block.keyRow(), run.keys());
      if (!shape.latent().active()) {
        bytes += cells * row(valueRow(shape, block, run), run.values());
      }
      if (shape.indexerKey() > 0) {
        long key = row(shape.indexerKey(), run.keys());
        // strangers may keep full floats there, whatever the cache is made of
        long most = shape.known() ? key : Math.max(key, FLOAT * shape.indexerKey());
        bytes += run.streams() * run.cells() * most;
      }
    }
    if (block.recurs()) {
      Shape.Recurrence size = shape.recurrence();
      bytes += FLOAT * run.slots() * (size.row() + size.matrix());
    }
    return bytes;
  }

  /// Without flash attention values lie transposed, and all blocks are as wide as the widest.
  private static long valueRow(Shape shape, Block block, Run run) {
    return run.flash()
        ? block.valueRow()
        : shape.blocks().stream().mapToLong(Block::valueRow).max().orElse(0);
  }

  private static long row(long elements, TensorType type) {
    return elements / type.elements() * type.bytes();
  }
}
