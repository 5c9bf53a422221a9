package dev.corral.runner.llama;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Tokens with their logits, in the form that samplers work on (`llama_token_data_array`).
public final class Candidates {

  private static final long ID = 0;
  private static final long LOGIT = Integer.BYTES;
  private static final long STRIDE = Layouts.TOKEN_DATA.byteSize();

  /// Offsets in `llama_token_data_array`.
  private static final long SIZE = 8;

  private static final long SELECTED = 16;

  final MemorySegment struct;
  private final MemorySegment data;

  /// @param arena owns the memory
  public Candidates(int vocabulary, Arena arena) {
    data = arena.allocate(Layouts.TOKEN_DATA, vocabulary);
    struct = arena.allocate(Layouts.TOKEN_DATA_ARRAY);
  }

  /// All tokens, with these logits.
  public void all(MemorySegment logits) {
    int count = (int) (data.byteSize() / STRIDE);
    for (int i = 0; i < count; i++) {
      set(i, i, logits.getAtIndex(JAVA_FLOAT, i));
    }
    reset(count);
  }

  /// A single token.
  public void one(int token) {
    set(0, token, 1);
    reset(1);
  }

  private void set(int at, int token, float logit) {
    data.set(JAVA_INT, at * STRIDE + ID, token);
    data.set(JAVA_FLOAT, at * STRIDE + LOGIT, logit);
  }

  private void reset(int size) {
    Layouts.set(struct, Layouts.TOKEN_DATA_ARRAY, "data", data);
    Layouts.set(struct, Layouts.TOKEN_DATA_ARRAY, "size", (long) size);
    Layouts.set(struct, Layouts.TOKEN_DATA_ARRAY, "selected", -1L);
    Layouts.set(struct, Layouts.TOKEN_DATA_ARRAY, "sorted", false);
  }

  /// Whether any of them can still be drawn.
  public boolean any() {
    long size = struct.get(JAVA_LONG, SIZE);
    for (long i = 0; i < size; i++) {
      if (data.get(JAVA_FLOAT, i * STRIDE + LOGIT) != Float.NEGATIVE_INFINITY) {
        return true;
      }
    }
    return false;
  }

  /// The one that was drawn; negative when none was.
  public int drawn() {
    long selected = struct.get(JAVA_LONG, SELECTED);
    // A sampler may have put the array elsewhere.
    return selected < 0
        ? -1
        : struct.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).get(JAVA_INT, selected * STRIDE + ID);
  }
}
