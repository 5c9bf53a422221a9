package dev.corral.blobs;

/// Whose folder a model lies in.
public enum Origin {
  /// Ours: the only one that is ever written.
  OWN,
  /// That of an Ollama on this machine.
  OLLAMA,
  /// A folder of models that the operator brought along.
  SEED
}
