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

  /// Numbers in one element: id, logit, probability.
  private static final int NUMBERS = (int) (STRIDE / Integer.BYTES);

  final MemorySegment struct;
  private final MemorySegment data;

  /// The elements as they begin, but for the logits. A vocabulary has up to 260,000 of them and is
  /// gone through for every token, so it is filled on the heap and crosses in one copy.
  private final int[] elements;

  private final float[] logits;

  /// @param arena owns the memory
  public Candidates(int vocabulary, Arena arena) {
    data = arena.allocate(Layouts.TOKEN_DATA, vocabulary);
    struct = arena.allocate(Layouts.TOKEN_DATA_ARRAY);
    logits = new float[vocabulary];
    elements = new int[vocabulary * NUMBERS];
    for (int id = 0; id < vocabulary; id++) {
      elements[id * NUMBERS] = id;
    }
  }

  /// All tokens, with these logits.
  public void all(MemorySegment from) {
    MemorySegment.copy(from, JAVA_FLOAT, 0, logits, 0, logits.length);
    for (int id = 0; id < logits.length; id++) {
      elements[id * NUMBERS + 1] = Float.floatToRawIntBits(logits[id]);
    }
    MemorySegment.copy(elements, 0, data, JAVA_INT, 0, elements.length);
    reset(logits.length);
  }

  /// A single token.
  public void one(int token) {
    data.set(JAVA_INT, ID, token);
    data.set(JAVA_FLOAT, LOGIT, 1);
    reset(1);
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
