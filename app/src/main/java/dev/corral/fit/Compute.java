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

  /// Elements that sparse attention keeps for each head and token besides those of its unpacking;
  /// measured.
  private static final long INDEXED = 920;

  private static final int MANY_SLOTS = 4;

  /// A stranger's streams before, within and behind what mixes them.
  private static final int STREAMS_HELD = 3;

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
  /// @param gpu computed on a GPU, whose attention reads half floats only
  long device(long hostTensor, long hostCache, boolean gpu) {
    long widest = 0;
    int last = shape.blocks().size() - 1;
    for (int i = 0; i <= last; i++) {
      Block block = shape.blocks().get(i);
      long feedForward = i == last && fewRowsBehind(block) ? 0 : feedForward(block);
      widest = Math.max(widest, block(block, feedForward, hostTensor, hostCache, gpu));
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

  /// Behind the attention of the last block only those rows go on that logits are wanted of.
  private boolean fewRowsBehind(Block block) {
    return run.outputs() < run.tokens()
        && !shape.cacheless()
        && (block.attends() || block.recurs());
  }

  private long block(Block block, long feedForward, long hostTensor, long hostCache, boolean gpu) {
    long attention = block.attends() ? attention(block, gpu) : 0;
    long converted = block.attends() ? converted(block, gpu) : 0;
    long state = state(block, feedForward);
    long beside = hostTensor == 0 ? 0 : Math.max(hostTensor, hostCache);
    long widest = Math.max(Math.max(feedForward + beside, state), chosen(block, gpu));
    if (block.attends()) {
      long passing = hostCache > 0 ? Math.max(attention, projected(block)) : attention;
      widest = Math.max(widest, passing + hostCache);
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
    boolean turned = block.joint() && Architectures.rotates(shape.architecture());
    boolean vectors = shape.encoder() && !Architectures.encoderWithOutput(shape.architecture());
    // a joint projection is free again as soon as its parts have been turned
    long q = turned || vectors ? 0 : queries(block);
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

  private long attention(Block block, boolean gpu) {
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
    long converted = converted(block, gpu);
    if (latent) {
      return converted + w * (unpacked + 3 * e) + indexed(block);
    }
    return converted == 0
        ? turned(block)
        : converted
            + w
                * (h * (block.keyLength() + block.valueLength())
                    + 2 * e
                    + (block.joint() ? block.projected() : 0));
  }

  /// Queries before and behind the turn that gives them their position; that is more than a narrow
  /// feed-forward part takes.
  private long turned(Block block) {
    if (shape.anyRecurrent() || !Architectures.rotates(shape.architecture())) {
      return 0;
    }
    return projected(block);
  }

  private long projected(Block block) {
    long queries = block.heads() * block.keyLength();
    return w * (2 * queries + 2 * e + (block.joint() ? 0 : block.keyRow() + block.valueRow()));
  }

  /// What choosing the tokens to attend to takes besides: the choice itself, and queries of its
  /// own.
  private long indexed(Block block) {
    return shape.indexerKey() == 0 ? 0 : w * (INDEXED * block.heads() + run.cells(block));
  }

  /// What a stranger's indexer takes, which chooses the tokens to attend to: scores of its heads,
  /// beside the attention that they are for. Slots that share a cache are told apart in it once
  /// more.
  private long chosen(Block block, boolean gpu) {
    if (shape.known() || !block.attends() || shape.indexerKey() == 0) {
      return 0;
    }
    long apart = run.slots() > 1 && run.streams() == 1 ? 1 : 0;
    long cells = run.cells() / shape.compressed() + 1;
    return w * (shape.indexerHeads() + apart) * cells + attention(block, gpu);
  }

  /// One block's cache as f16, where attention cannot read its type.
  private long converted(Block block, boolean gpu) {
    long width = run.converts(run.keys(), gpu) ? block.keyLength() : 0;
    if (!shape.latent().active() && run.converts(run.values(), gpu)) {
      width += block.valueLength();
    }
    return HALF * run.streams() * run.cells(block) * block.kvHeads() * width;
  }

  private long state(Block block, long feedForward) {
    Shape.Recurrence size = shape.recurrence();
    long d = size.inner();
    long slots = run.slots();
    return switch (block.mixer()) {
      case NONE -> 0;
      case MAMBA -> 6 * w * d + FLOAT * (size.matrix() + 2 * size.row()) * slots;
      case MAMBA2 -> mamba2(size, slots);
      case RWKV6 -> rwkv6(block, size, feedForward);
      case RWKV7 -> 18 * w * e + 2 * FLOAT * size.matrix() * slots;
      case DELTA_NET -> deltaNet(size, slots);
      case KIMI_DELTA, LINEAR_ATTENTION -> 2 * w * e + 2 * FLOAT * size.matrix() * slots;
      case SHORT_CONVOLUTION -> 6 * w * e;
    };
  }

  /// Where a gated feed-forward part follows, states are gathered once more for each of many slots.
  private long rwkv6(Block block, Shape.Recurrence size, long feedForward) {
    long states = FLOAT * size.matrix() * run.slots();
    Block.Dense dense = block.dense();
    boolean gated = dense != null && dense.gate() == Gate.SEPARATE;
    long each = gated && run.slots() >= MANY_SLOTS ? 8 : 2;
    return Math.max(13 * w * e + each * states, feedForward + (gated ? states : 0));
  }

  /// What goes through the convolution, before, within and behind it, and the gate beside it; with
  /// many slots their states before and behind the step, each once more as they are gathered.
  private long deltaNet(Shape.Recurrence size, long slots) {
    long mixed = size.inner() + 2 * size.groups() * size.state();
    long convolved = w * (3 * mixed + size.inner());
    long gathered = w * (mixed + 2 * size.inner()) + 4 * FLOAT * size.matrix() * slots;
    return Math.max(convolved, gathered) + 2 * FLOAT * size.row() * slots;
  }

  /// Beside attention the scan is the widest moment, else the convolution before it: what the
  /// projection made lies between what comes before and after.
  private long mamba2(Shape.Recurrence size, long slots) {
    long mixed = size.inner() + 2 * size.groups() * size.state();
    long projected = mixed + size.inner() + size.heads();
    if (shape.anyAttention()) {
      return w * (3 * projected + e) + 2 * FLOAT * size.matrix() * slots;
    }
    return w * (projected + 2 * mixed + 2 * size.inner())
        + FLOAT * (size.matrix() + 3 * size.row()) * slots;
  }

  private long extra() {
    if (!shape.known() && shape.streams() > 1) {
      return STREAMS_HELD * shape.streams() * w * e + widened();
    }
    return widened();
  }

  private long widened() {
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
    if (rows < run.tokens()) {
      return FLOAT * rows * (shape.vocabulary() + e);
    }
    // of all tokens' logits: the inputs of all blocks lie below them
    long below = shape.perLayerInput() * shape.blocks().size();
    return FLOAT * rows * (shape.vocabulary() + below + (below > 0 ? 6 : 2) * e);
  }
}
