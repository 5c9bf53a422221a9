package dev.corral.runner.engine;

/// Something that needs a slot: an answer, or one text to turn into a vector. Touched by the
/// engine's thread alone, but for the flag.
abstract sealed class Job permits Generation, EmbedInput {

  final Listener listener;
  final String scope;

  /// What its sequence shall hold: the prompt and all that was drawn since.
  final Tokens tokens;

  final long submitted = System.nanoTime();

  /// Nanosecond of the first step; 0 before.
  long started;

  /// Grows with each job that gets a slot; the highest is the youngest.
  long admitted;

  private volatile boolean cancelled;

  Job(Listener listener, String scope, Tokens tokens) {
    this.listener = listener;
    this.scope = scope;
    this.tokens = tokens;
  }

  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  /// Tokens that it may still add to its sequence, as far as it said; a guess where it did not.
  abstract int mayGrowBy();

  /// Tells the listener that it came to nothing.
  abstract void fail(TaskFailed failed);
}
