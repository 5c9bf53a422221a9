package dev.corral.fit;

/// Sizes that no network has. A stranger's header may say anything, and no product of what is
/// within these bounds and those of [FitSettings] reaches 2^63.
final class Bounds {
  private static final long EMBEDDING = 1 << 20;
  private static final long VOCABULARY = 1 << 26;
  private static final long WIDTH = 1 << 24;
  private static final long HEADS = 1 << 14;

  /// Elements that one token adds to the cache of one block.
  private static final long ROW = 1 << 19;

  private static final long EXPERTS = 1 << 12;
  private static final long STATE = 1L << 34;
  private static final long WINDOW = 1L << 30;
  private static final long STREAMS = 1 << 6;

  private Bounds() {}

  static boolean hold(Shape shape) {
    Shape.Recurrence size = shape.recurrence();
    return within(shape.embedding(), EMBEDDING)
        && within(shape.vocabulary(), VOCABULARY)
        && within(shape.window(), WINDOW)
        && within(shape.perLayerInput(), EMBEDDING)
        && within(shape.deepstack(), STREAMS)
        && within(shape.streams(), STREAMS)
        && within(shape.indexerKey(), ROW)
        && within(shape.indexerHeads(), HEADS)
        && within(shape.latent().keyLength(), ROW)
        && within(shape.latent().valueLength(), ROW)
        && within(size.inner(), WIDTH)
        && within(size.state(), WIDTH)
        && within(size.groups(), WIDTH)
        && within(size.heads(), WIDTH)
        && within(size.row(), STATE)
        && within(size.matrix(), STATE)
        && shape.blocks().stream().allMatch(Bounds::hold);
  }

  private static boolean hold(Block block) {
    Block.Dense dense = block.dense();
    Block.Experts experts = block.experts();
    return within(block.heads(), HEADS)
        && within(block.kvHeads(), HEADS)
        && within(block.keyLength(), ROW)
        && within(block.valueLength(), ROW)
        && within(block.keyRow(), ROW)
        && within(block.valueRow(), ROW)
        && (dense == null || within(dense.width(), WIDTH))
        && (experts == null || (within(experts.used(), EXPERTS) && within(experts.width(), WIDTH)));
  }

  private static boolean within(long value, long most) {
    return value >= 0 && value <= most;
  }
}
