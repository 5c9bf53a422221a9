package dev.corral.fit;

import dev.corral.gguf.TensorType;

/// The settings as the engine rounds them for one model.
///
/// @param streams parts of the cache: one where slots share it
/// @param cells tokens that one stream keeps
/// @param windowCells tokens that one stream keeps for windowed blocks
/// @param tokens of one step (u)
/// @param outputs rows of logits of one step
record Run(
    long streams,
    long cells,
    long windowCells,
    long tokens,
    long outputs,
    int slots,
    boolean flash,
    TensorType keys,
    TensorType values) {

  /// Caches come in multiples of so many tokens.
  private static final long PAD = 256;

  /// The logical batch is at least so long; a step is never longer than it.
  private static final long LOGICAL_BATCH = 2048;

  static Run of(FitSettings settings, Shape shape) {
    int slots = settings.parallel();
    long total = padded(settings.context());
    long cells = settings.unified() ? total : padded(total / slots);
    long context = settings.unified() ? total : cells * slots;
    long logical = Math.max(LOGICAL_BATCH, settings.ubatch());
    long ubatch =
        Math.min(
            settings.ubatch(),
            // by the context that was asked for, before it is rounded up
            shape.cacheless() ? logical : Math.min(logical, settings.context()));
    long window = shape.window() * (settings.unified() ? slots : 1) + ubatch;
    long tokens = Math.min(ubatch, context);
    long even = (tokens + slots - 1) / slots * slots;
    return new Run(
        settings.unified() ? 1 : slots,
        cells,
        settings.fullWindows() ? cells : padded(Math.min(cells, window)),
        even,
        settings.allLogits() ? even : Math.min(slots, even),
        slots,
        settings.flashAttention().on()
            && !Architectures.withoutFlash(shape.architecture())
            && (shape.known() || !shape.relative()),
        settings.kvK(),
        settings.kvV());
  }

  private static long padded(long n) {
    return (n + PAD - 1) / PAD * PAD;
  }

  long cells(Block block) {
    return block.attention() == Block.Attention.WINDOWED ? windowCells : cells;
  }

  /// Flash attention reads half floats. Full floats are converted everywhere, one block at a time;
  /// other types on a GPU only.
  boolean converts(TensorType type, boolean gpu) {
    return flash && (type == TensorType.F32 || (gpu && type != TensorType.F16));
  }
}
