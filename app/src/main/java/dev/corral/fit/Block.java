package dev.corral.fit;

import org.jspecify.annotations.Nullable;

/// One block of a network, as far as memory goes. A block may attend, keep a state, both or
/// neither.
///
/// @param attention how it looks back
/// @param caches false where it reads the cache of an earlier block
/// @param heads query heads; 0 without attention
/// @param kvHeads key and value heads; 0 without attention
/// @param keyLength elements of one head's key
/// @param valueLength elements of one head's value
/// @param joint queries, keys and values come from one tensor
/// @param mixer what keeps a state instead of, or beside, a cache
/// @param dense its feed-forward part where every token passes all of it
/// @param experts its feed-forward part where a token passes a few of many
record Block(
    Attention attention,
    boolean caches,
    long heads,
    long kvHeads,
    long keyLength,
    long valueLength,
    boolean joint,
    Mixer mixer,
    @Nullable Dense dense,
    @Nullable Experts experts) {

  enum Attention {
    NONE,
    FULL,
    WINDOWED
  }

  /// The kinds of recurrent blocks that the engine has.
  enum Mixer {
    NONE,
    MAMBA,
    MAMBA2,
    DELTA_NET,
    KIMI_DELTA,
    RWKV6,
    RWKV7,
    SHORT_CONVOLUTION,
    LINEAR_ATTENTION
  }

  /// How up and gate projections are stored.
  enum Gate {
    NONE,
    SEPARATE,
    /// Both in one tensor of double width.
    FUSED
  }

  /// @param width elements between up and down
  record Dense(long width, Gate gate) {}

  /// @param used experts that one token passes
  /// @param width elements between up and down of one expert
  /// @param shared an expert that every token passes besides
  record Experts(long used, long width, Gate gate, boolean shared) {}

  boolean attends() {
    return attention != Attention.NONE;
  }

  boolean recurs() {
    return mixer != Mixer.NONE;
  }

  /// Elements of one token's queries, keys and values before attention.
  long projected() {
    return heads * keyLength + keyRow() + valueRow();
  }

  /// Elements that one token adds to the keys.
  long keyRow() {
    return keyLength * kvHeads;
  }

  /// Elements that one token adds to the values.
  long valueRow() {
    return valueLength * kvHeads;
  }
}
