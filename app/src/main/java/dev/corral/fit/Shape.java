package dev.corral.fit;

import java.util.List;

/// What a header says of a network, as far as memory goes. Everything follows from keys and
/// tensors; the architecture's name decides only what the engine decides by it.
///
/// @param architecture `general.architecture`
/// @param known false where the engine's rules for it are not known here: then estimates err
///   upwards
/// @param blocks those that run; draft blocks at the end are left out
/// @param allBlocks with the draft blocks, which count where blocks are dealt to devices
/// @param embedding elements of one token between blocks (E)
/// @param vocabulary tokens (V)
/// @param trainedContext tokens that the model was trained for
/// @param window tokens that windowed blocks look back
/// @param role what it answers with, and whether it keeps a cache
/// @param sideBySide attention and feed-forward read the same input, so both are held at once
/// @param recurrence sizes of recurrent states; zeros where there are none
/// @param latent sizes of compressed attention; zeros where there is none
/// @param perLayerInput elements that each block gets of its own input table
/// @param streams copies of a token that run side by side through the blocks; 1 as a rule
/// @param positionTable positions are looked up in a table on the host and added
/// @param deepstack blocks that take an image's features besides
/// @param indexerKey elements of the key of a sparse-attention indexer; 0 without
/// @param indexerHeads of such an indexer whose scores are kept apart, for each token of the cache
/// @param compressed tokens of the cache that it sees as one; 1 as a rule
/// @param relative attention adds what depends on the distance, which flash attention cannot
/// @param tensorCount tensors of the file; the engine's budget of graph nodes follows from it
record Shape(
    String architecture,
    boolean known,
    List<Block> blocks,
    int allBlocks,
    long embedding,
    long vocabulary,
    long trainedContext,
    long window,
    Role role,
    boolean sideBySide,
    Recurrence recurrence,
    Latent latent,
    long perLayerInput,
    long streams,
    boolean positionTable,
    long deepstack,
    long indexerKey,
    long indexerHeads,
    long compressed,
    boolean relative,
    long tensorCount) {

  /// What a network answers with.
  enum Role {
    /// Logits, token after token, from a cache.
    DECODER,
    /// Logits for all tokens at once, without a cache.
    DIFFUSION,
    /// Vectors, from a cache although nothing is generated.
    EMBEDDER,
    /// Vectors, attending in both directions, without a cache.
    ENCODER
  }

  Shape {
    blocks = List.copyOf(blocks);
  }

  /// Sizes of a recurrent block.
  ///
  /// @param kernel tokens of the short convolution (c)
  /// @param inner width (d)
  /// @param state state size (s)
  /// @param groups groups (g)
  /// @param heads `time_step_rank`
  /// @param row elements of the rolling part of the state, per block and sequence (R)
  /// @param matrix elements of the other part (S)
  record Recurrence(
      long kernel, long inner, long state, long groups, long heads, long row, long matrix) {
    static final Recurrence NONE = new Recurrence(0, 0, 0, 0, 0, 0, 0);
  }

  /// Sizes of multi-head latent attention.
  ///
  /// @param keyLength of one head after unpacking; 0 where attention is not latent
  /// @param valueLength of one head after unpacking
  record Latent(long keyLength, long valueLength) {
    static final Latent NONE = new Latent(0, 0);

    boolean active() {
      return keyLength > 0 && valueLength > 0;
    }
  }

  boolean encoder() {
    return role == Role.ENCODER;
  }

  boolean cacheless() {
    return role == Role.ENCODER || role == Role.DIFFUSION;
  }

  /// Attention looks at the tokens of the step itself, whatever is cached.
  boolean withinStep() {
    return role != Role.DECODER;
  }

  boolean logits() {
    return role == Role.DECODER || role == Role.DIFFUSION;
  }

  /// The block whose cache a block reads: itself, or the last of its kind that has one; -1 for a
  /// block without attention.
  int cacheOf(int index) {
    Block block = blocks.get(index);
    if (!block.attends()) {
      return -1;
    }
    for (int i = index; i >= 0; i--) {
      if (blocks.get(i).caches() && blocks.get(i).attention() == block.attention()) {
        return i;
      }
    }
    return -1;
  }

  /// True where blocks that every token passes whole follow on some of experts.
  boolean densesAmongExperts() {
    int first = 0;
    while (first < blocks.size() && blocks.get(first).experts() == null) {
      first++;
    }
    return blocks.stream().skip(first).anyMatch(block -> block.experts() == null);
  }

  boolean anyWindowed() {
    return blocks.stream().anyMatch(block -> block.attention() == Block.Attention.WINDOWED);
  }

  boolean anyRecurrent() {
    return blocks.stream().anyMatch(Block::recurs);
  }

  boolean anyAttention() {
    return blocks.stream().anyMatch(Block::attends);
  }
}
