package dev.corral.gguf;

import java.util.List;

/// A metadata value. Text is data from strangers: strip control characters before showing it, and
/// never evaluate a template here.
public sealed interface GgufValue {
  /// Any integer type. An unsigned 64-bit value beyond [Long#MAX_VALUE] reads as negative.
  record Whole(long value) implements GgufValue {}

  /// A 32- or 64-bit float.
  record Real(double value) implements GgufValue {}

  record Flag(boolean value) implements GgufValue {}

  record Text(String value) implements GgufValue {}

  /// A short array of numbers or flags (flags as 0 and 1), one per block as a rule.
  record Numbers(List<Double> values) implements GgufValue {
    public Numbers {
      values = List.copyOf(values);
    }
  }

  /// A short array of texts.
  record Texts(List<String> values) implements GgufValue {
    public Texts {
      values = List.copyOf(values);
    }
  }

  /// An array or text that was read over and not kept: vocabularies, scores, merges.
  ///
  /// @param count elements of the array, or bytes of the text
  record Skipped(long count) implements GgufValue {}
}
