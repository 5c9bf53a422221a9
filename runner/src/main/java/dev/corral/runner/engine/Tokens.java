package dev.corral.runner.engine;

import java.util.Arrays;
import java.util.List;

/// A list of token ids that grows and is cut.
final class Tokens {

  private int[] ids;
  private int size;

  Tokens() {
    this.ids = new int[64];
  }

  static Tokens of(List<Integer> ids) {
    var tokens = new Tokens();
    tokens.ids = ids.stream().mapToInt(Integer::intValue).toArray();
    tokens.size = tokens.ids.length;
    return tokens;
  }

  int size() {
    return size;
  }

  int get(int at) {
    return ids[at];
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.max(64, size + size / 2));
    }
    ids[size++] = id;
  }

  /// Keeps the first `length`.
  void cut(int length) {
    size = Math.min(size, length);
  }

  /// Removes those from `from` (inclusive) to `to` (exclusive).
  void remove(int from, int to) {
    System.arraycopy(ids, to, ids, from, size - to);
    size -= to - from;
  }

  /// How many tokens at the start are the same.
  int commonWith(Tokens other) {
    int shorter = Math.min(size, other.size);
    int different = Arrays.mismatch(ids, 0, shorter, other.ids, 0, shorter);
    return different < 0 ? shorter : different;
  }
}
