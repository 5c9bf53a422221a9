package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The tokens of one step: arrays of a fixed size that are filled again and again.
public final class Batch {

  final MemorySegment struct;
  private final MemorySegment tokens;
  private final MemorySegment positions;
  private final MemorySegment sequences;
  private final MemorySegment outputs;
  private final int room;
  private int size;

  /// @param room the most tokens of one step; llama.cpp ends the process on a larger one than its
  ///   own `n_batch`, so both are the same number
  /// @param arena owns the memory
  public Batch(int room, Arena arena) {
    this.room = room;
    tokens = arena.allocate(JAVA_INT, room);
    positions = arena.allocate(JAVA_INT, room);
    sequences = arena.allocate(JAVA_INT, room);
    outputs = arena.allocate(JAVA_BYTE, room);
    var counts = arena.allocate(JAVA_INT, room);
    var pointers = arena.allocate(ADDRESS, room);
    for (int i = 0; i < room; i++) {
      counts.setAtIndex(JAVA_INT, i, 1);
      pointers.setAtIndex(ADDRESS, i, sequences.asSlice(i * (long) Integer.BYTES));
    }
    struct = arena.allocate(Layouts.BATCH);
    Layouts.set(struct, Layouts.BATCH, "token", tokens);
    Layouts.set(struct, Layouts.BATCH, "pos", positions);
    Layouts.set(struct, Layouts.BATCH, "n_seq_id", counts);
    Layouts.set(struct, Layouts.BATCH, "seq_id", pointers);
    Layouts.set(struct, Layouts.BATCH, "logits", outputs);
  }

  public void clear() {
    size = 0;
  }

  public int size() {
    return size;
  }

  /// How many tokens still fit.
  public int free() {
    return room - size;
  }

  /// Adds a token at its position in its sequence.
  ///
  /// @param output whether logits, or a vector, are wanted for it
  /// @return its index, by which the output is asked for
  public int add(int token, int position, int sequence, boolean output) {
    if (size == room) {
      throw new IllegalStateException("the batch is full");
    }
    tokens.setAtIndex(JAVA_INT, size, token);
    positions.setAtIndex(JAVA_INT, size, position);
    sequences.setAtIndex(JAVA_INT, size, sequence);
    outputs.set(JAVA_BYTE, size, (byte) (output ? 1 : 0));
    Layouts.set(struct, Layouts.BATCH, "n_tokens", size + 1);
    return size++;
  }
}
