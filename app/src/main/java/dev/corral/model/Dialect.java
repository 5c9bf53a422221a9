package dev.corral.model;

/// The language of a path. Every answer, an error included, uses the dialect of the path that was
/// called.
public enum Dialect {
  OLLAMA,
  OPENAI,
  ANTHROPIC,
  /// `/manage`: RFC 9457 problem documents.
  MANAGE,
  /// Probes and the page: plain text.
  PLAIN
}
