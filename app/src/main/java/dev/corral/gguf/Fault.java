package dev.corral.gguf;

/// Why a file is not taken. The text beside it says the same with names and numbers.
public enum Fault {
  /// The source of the bytes failed or gave none.
  UNREADABLE,
  EMPTY,
  NOT_GGUF,
  /// Version 1, or one that is newer than the engine's.
  VERSION,
  BIG_ENDIAN,
  /// The file ends before its header does, or before its last tensor.
  TRUNCATED,
  /// A declared count or length beyond what the file can hold or any model needs.
  TOO_LARGE,
  BAD_KEY,
  DUPLICATE_KEY,
  /// A metadata type that does not exist, or an array of arrays.
  BAD_VALUE,
  BAD_ALIGNMENT,
  BAD_TENSOR,
  DUPLICATE_TENSOR,
  UNKNOWN_QUANTIZATION,
  /// A tensor that does not start where the one before it ends.
  OVERLAP,
  /// A special token that the vocabulary does not have, the same token twice, or lists that do not
  /// match.
  VOCABULARY,
  NO_ARCHITECTURE
}
