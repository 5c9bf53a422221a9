package dev.corral.gguf;

/// What came of reading a header.
public sealed interface Reading {
  /// The whole header was read and holds together.
  record Exact(Gguf gguf) implements Reading {}

  /// The first window ended inside the header: keys, and perhaps tensors, are those read so far.
  /// Nearly always all hyper-parameters are among them; the order is custom, not law.
  record Provisional(Gguf gguf) implements Reading {}

  /// @param reason a sentence or two for the person who brought the file
  record Refused(Fault fault, String reason) implements Reading {}
}
