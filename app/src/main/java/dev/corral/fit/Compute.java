package dev.corral.fit;

import dev.corral.fit.Block.Attention;
import dev.corral.fit.Block.Gate;
import dev.corral.fit.Block.Mixer;

/// The buffers of one step. The engine lays its graph out so that memory is used again as soon as
/// it is free; what remains is the widest moment of the widest block, and the inputs, which live
/// throughout. Every term is linear in the tokens of a step.
final class Compute {
  private static final long FLOAT = 4;
  private static final long HALF = 2;

  /// A pipeline over several GPUs has so many steps under way.
  static final long COPIES = 4;

  private final Shape shape;
  private final Run run;

  /// Bytes of one number for each token of a step.
  private final long w;

  private final long e;

  Compute(Shape shape, Run run) {
    this.shape = shape;
    this.run = run;
    this.w = FLOAT * run.tokens();
    this.e = shape.embedding();
  }

  /// @param hostTensor bytes of the largest tensor that passes through the device's buffer; 0 where
  ///   none does
  /// @param hostCache bytes of the cache of the largest block on the host; likewise
  /// @param copies f16 copies of the cache are made (on GPUs)
  long device(long hostTensor, long hostCache, boolean copies) {
    long widest = 0;
    for (Block block : shape.blocks()) {
      widest = Math.max(widest, block(block, hostTensor, hostCache, copies));
    }
    return Math.max(inputs() + widest + extra(), logits());
  }

  /// Pinned memory that host and device pass inputs through.
  long pinned() {
    long rows = (shape.positionTable() ? 3 : 2) * e;
    if (shape.deepstack() > 0) {
      rows = (2 + shape.deepstack()) * e;
    }
    return inputs() + w * (rows + shape.perLayerInput() * shape.blocks().size());
  }

  /// What the host computes itself for blocks that are not on a GPU: the scan of a state-space
  /// block never goes to one, nor does attention beside it.
  ///
  /// @param blocks some blocks are on the host
  /// @param cache some cache is
  long hostSteps(boolean blocks, boolean cache) {
    Shape.Recurrence size = shape.recurrence();
    long mixed = size.inner() + 2 * size.groups() * size.state();
    long attending = 0;
    long scanning = 0;
    for (Block block : shape.blocks()) {
      if (!run.flash() && block.attends()) {
        attending = Math.max(attending, w * block.heads() * run.cells(block));
      }
      scanning =
          switch (block.mixer()) {
            case MAMBA -> Math.max(scanning, w * 5 * size.inner() / 2);
            case MAMBA2 -> Math.max(scanning, w * 2 * (mixed + size.inner()));
            default -> scanning;
          };
    }
    if (scanning == 0) {
      return 0;
    }
    return Math.max(cache ? attending : 0, blocks ? scanning : 0);
  }

  /// What several GPUs need more as a pipeline, which keeps four copies of what enters a device.
  ///
  /// @param first the device that gets the inputs from the host
  long pipeline(boolean first) {
    long tables = w * shape.perLayerInput() * shape.blocks().size();
    long streams = COPIES * (COPIES - 1) * (shape.streams() - 1) * w * e;
    long inner = shape.blocks().stream().mapToLong(block -> recurrentWidth(block)).max().orElse(0);
    if (first) {
      long positions = shape.positionTable() ? COPIES * w * e : 0;
      return 3 * inputs() + COPIES * (w * e + tables) + streams + positions + COPIES * w * inner;
    }
    return 3 * inputs()
        + 2 * COPIES * w * e
        + streams
        + (streams > 0 ? 2 * tables : 0)
        + 2 * COPIES * w * inner;
  }

  /// How wide a recurrent block is that keeps its steps apart from any attention: between the
  /// copies of a pipeline nothing of them is used again.
  private long recurrentWidth(Block block) {
    if (block.attends()) {
      return 0;
    }
    return switch (block.mixer()) {
      case MAMBA, MAMBA2 -> shape.recurrence().inner();
      case RWKV6, RWKV7 -> e + e / 4;
      default -> 0;
    };
  }

  /// Pinned memory of a pipeline.
  long pinnedPipeline() {
    long positions = shape.positionTable() ? w * e : 0;
    long tables = w * shape.perLayerInput() * shape.blocks().size();
    return COPIES * inputs()
        + (COPIES + 1 + shape.deepstack() * COPIES) * w * e
        + positions
        + tables;
  }

  /// Without any GPU.
  long host() {
    return device(0, 0, false) + w * (1 + shape.deepstack()) * e;
  }

  /// What lives through the whole step: masks, and index rows of a transposed cache.
  long inputs() {
    long each = run.flash() ? HALF : FLOAT;
    if (shape.withinStep()) {
      return run.tokens() * run.tokens() * each * (shape.anyWindowed() ? 2 : 1);
    }
    long bytes = 0;
    for (Attention kind : new Attention[] {Attention.FULL, Attention.WINDOWED}) {
      long rows = 0;
      long cells = 0;
      for (Block block : shape.blocks()) {
        if (block.attention() == kind) {
          cells = run.cells(block);
          rows = Math.max(rows, block.valueRow());
        }
      }
      bytes += each * run.tokens() * cells;
      if (!run.flash() && !shape.latent().active()) {
        bytes += Long.BYTES * run.tokens() * rows;
      }
    }
    if (shape.indexerKey() > 0) {
      bytes += each * run.tokens() * run.cells();
    }
    return bytes;
  }

  private long block(Block block, long hostTensor, long hostCache, boolean copies) {
    long attention = block.attends() ? attention(block, copies) : 0;
    long converted = block.attends() && copies ? converted(block) : 0;
    long feedForward = feedForward(block);
    long state = state(block.mixer());
    long widest = Math.max(feedForward + Math.max(hostTensor, hostCache), state);
    if (block.attends()) {
      widest = Math.max(widest, attention + hostCache);
    }
    if (converted > 0 && shape.sideBySide()) {
      widest = Math.max(widest, converted + feedForward + 2 * w * e);
    } else if (converted > 0 && block.recurs()) {
      widest = Math.max(widest, converted + Math.max(feedForward, state));
    }
    return widest;
  }

  private long queries(Block block) {
    if (shape.anyRecurrent()) {
      return 0;
    }
    return block.heads()
        * (shape.latent().active() ? shape.latent().keyLength() : block.keyLength());
  }

  private long feedForward(Block block) {
    long dense = block.dense() == null ? 0 : dense(block, block.dense());
    long experts = block.experts() == null ? 0 : experts(block, block.experts());
    // an input of its own for each block passes by, with the streams that it is mixed into
    long mixed = shape.perLayerInput() > 0 ? w * (3 * e + 2 * shape.perLayerInput()) : 0;
    return Math.max(dense, experts) + mixed;
  }

  private long dense(Block block, Block.Dense dense) {
    long q =
        shape.encoder() && !Architectures.encoderWithOutput(shape.architecture())
            ? 0
            : queries(block);
    return switch (dense.gate()) {
      case SEPARATE -> w * (3 * dense.width() + 2 * e + Math.max(q, beside(block)));
      case FUSED -> w * (3 * dense.width() + (shape.encoder() ? 2 : 3) * e);
      case NONE -> w * (dense.width() + 2 * e + q + (shape.sideBySide() ? e : 0));
    };
  }

  /// The projection of a recurrent block leaves a gap that the feed-forward part behind it cannot
  /// use.
  private long beside(Block block) {
    Shape.Recurrence size = shape.recurrence();
    return block.mixer() != Mixer.MAMBA2 || block.attends()
        ? 0
        : 2 * size.inner() + 2 * size.groups() * size.state() + size.heads() - e;
  }

  private long experts(Block block, Block.Experts experts) {
    long parts = experts.gate() == Gate.NONE ? 1 : 3;
    long q = queries(block);
    long r = experts.shared() ? e : shape.anyRecurrent() ? e : q;
    boolean wide = e > 2 * experts.width() || experts.gate() == Gate.NONE;
    long x = wide ? experts.used() * e : 0;
    return w * (parts * experts.used() * experts.width() + 2 * e + r + x);
  }

  private long attention(Block block, boolean copies) {
    long h = block.heads();
    long unpacked = h * (2 * block.keyLength() + shape.latent().keyLength());
    boolean latent = shape.latent().active();
    if (shape.withinStep()) {
      return run.flash() ? 0 : w * (h * run.tokens() + (block.joint() ? 7 : 5) * e);
    }
    if (!run.flash()) {
      return latent
          ? w * (h * run.cells(block) + unpacked + 3 * e)
          : w * (h * run.cells(block) + h * (block.keyLength() + block.valueLength()) + 2 * e);
    }
    long converted = copies ? converted(block) : 0;
    if (latent) {
      return converted + w * (unpacked + 3 * e);
    }
    return converted == 0
        ? 0
        : converted
            + w
                * (h * (block.keyLength() + block.valueLength())
                    + 2 * e
                    + (block.joint() ? block.projected() : 0));
  }

  /// One block's cache as f16, where the GPU's attention cannot read its type.
  private long converted(Block block) {
    if (!run.converts()) {
      return 0;
    }
    long width =
        shape.latent().active() ? block.keyLength() : block.keyLength() + block.valueLength();
    return HALF * run.streams() * run.cells(block) * block.kvHeads() * width;
  }

  private long state(Mixer mixer) {
    Shape.Recurrence size = shape.recurrence();
    long d = size.inner();
    long slots = run.slots();
    return switch (mixer) {
      case NONE -> 0;
      case MAMBA -> 6 * w * d + FLOAT * (size.matrix() + 2 * size.row()) * slots;
      case MAMBA2 -> mamba2(size, slots);
      case RWKV6 -> 13 * w * e + 2 * FLOAT * size.matrix() * slots;
      case RWKV7 -> 18 * w * e + 2 * FLOAT * size.matrix() * slots;
      case DELTA_NET, KIMI_DELTA, LINEAR_ATTENTION -> 2 * w * e + 2 * FLOAT * size.matrix() * slots;
      case SHORT_CONVOLUTION -> 6 * w * e;
    };
  }

  /// What the projection made lies between what comes before and after; which moment is the widest
  /// depends on the sizes, so the wider of two.
  private long mamba2(Shape.Recurrence size, long slots) {
    long mixed = size.inner() + 2 * size.groups() * size.state();
    long projected = mixed + size.inner() + size.heads();
    long scanned =
        w * (3 * projected + (shape.anyAttention() ? e : 0)) + 2 * FLOAT * size.matrix() * slots;
    long convolved =
        w * (projected + 2 * mixed + 2 * size.inner() + 2 * e)
            + FLOAT * (size.matrix() + 2 * size.row()) * slots;
    return shape.anyAttention() ? scanned : Math.max(scanned, convolved);
  }

  private long extra() {
    if (shape.perLayerInput() > 0) {
      long tables = w * shape.perLayerInput() * shape.blocks().size();
      return tables + (shape.architecture().equals("gemma3n") ? 3 * w * e : 0);
    }
    return shape.deepstack() > 0 ? shape.deepstack() * w * e : 0;
  }

  /// Rows of logits for as many tokens as are asked.
  private long logits() {
    if (!shape.logits()) {
      return 0;
    }
    long rows = Math.min(run.outputs(), run.tokens());
    // of all tokens' logits: the inputs of all blocks lie below them
    long below = rows < run.tokens() ? 0 : shape.perLayerInput() * shape.blocks().size();
    return FLOAT * rows * (shape.vocabulary() + e + below + (below > 0 ? 5 * e : 0));
  }
}
