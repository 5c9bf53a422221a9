package dev.corral.dialect;

/// What a request says under one of the keys that Corral reads.
public sealed interface Field {
  /// The key is not there.
  record Absent() implements Field {}

  /// The key is there and says `null`, which Ollama reads as if it were absent.
  ///
  /// @param offset where the literal begins, in bytes from the start of the body
  record Null(long offset) implements Field {}

  /// @param value decoded; cut at 64 KiB, which is longer than any name can be
  /// @param offset where the literal begins (its opening quote), in bytes from the start of the
  ///   body
  /// @param length of the literal with both quotes, in bytes
  record Text(String value, long offset, long length) implements Field {}

  /// The value as Ollama reads it: absent and `null` are the empty name.
  default String orEmpty() {
    return this instanceof Text text ? text.value() : "";
  }
}
