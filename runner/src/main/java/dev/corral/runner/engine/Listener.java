package dev.corral.runner.engine;

/// Hears what becomes of one task, on the engine's own thread: every method returns at once, and
/// hands on what takes longer. Exactly one of [#onEnd], [#onEmbeddings] and [#onFailure] is called,
/// once, after which nothing is; a cancelled task ends with [TaskFailed.Kind#CANCELLED].
///
/// What a listener throws fails its own task and no other.
public interface Listener {

  /// A token was drawn.
  default void onToken(Piece piece) {}

  /// The answer is complete.
  default void onEnd(Ended ended) {}

  /// All vectors of a [Task.Embed] are there.
  default void onEmbeddings(Embedded embedded) {}

  /// The task came to nothing, or broke off after the tokens heard so far.
  void onFailure(TaskFailed failed);
}
