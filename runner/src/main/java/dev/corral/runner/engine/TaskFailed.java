package dev.corral.runner.engine;

/// Why a task came to nothing, in words for the one who asked.
///
/// @param promptTokens tokens of the prompt or of the longest input, with [Kind#EXCEEDS_CONTEXT];
///   else 0
/// @param limit how many would have fitted, with [Kind#EXCEEDS_CONTEXT]; else 0
public record TaskFailed(Kind kind, String message, int promptTokens, int limit) {

  /// What went wrong.
  public enum Kind {
    /// The prompt has more tokens than one request may use.
    EXCEEDS_CONTEXT,
    /// The request cannot be carried out by anybody: an empty prompt, a token that the vocabulary
    /// lacks, a grammar that does not parse.
    INVALID,
    /// This model cannot do it.
    UNSUPPORTED,
    /// [Ticket#cancel] was called.
    CANCELLED,
    /// The engine was closed.
    CLOSED,
    /// llama.cpp failed in the middle.
    BROKEN
  }

  static TaskFailed of(Kind kind, String message) {
    return new TaskFailed(kind, message, 0, 0);
  }
}
