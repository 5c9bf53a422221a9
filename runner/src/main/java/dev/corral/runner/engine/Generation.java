package dev.corral.runner.engine;

import org.jspecify.annotations.Nullable;

/// An answer that is being written.
final class Generation extends Job {

  /// Room that an answer of unknown length gets in a shared cache before others may use it. Most
  /// answers are shorter; for the others somebody younger is put off.
  private static final int USUAL_ANSWER = 512;

  final Task.Generate task;
  final StopText text;
  final int promptLength;

  /// Null until it has a slot.
  @Nullable Draw draw;

  /// Tokens of the prompt that were in the cache when it got its slot.
  int cached;

  int predicted;
  long firstToken;
  long lastToken;
  boolean truncated;

  Generation(Task.Generate task, Listener listener) {
    super(listener, task.cacheScope(), Tokens.of(task.prompt()));
    this.task = task;
    this.text = new StopText(task.stops());
    this.promptLength = task.prompt().size();
  }

  @Override
  int mayGrowBy() {
    int more = task.maxTokens() - predicted;
    return task.maxTokens() < 0 ? USUAL_ANSWER : Math.max(1, more);
  }

  @Override
  void fail(TaskFailed failed) {
    listener.onFailure(failed);
  }

  void end(Ended.Reason reason, int kept) {
    long now = System.nanoTime();
    long first = firstToken == 0 ? now : firstToken;
    long last = lastToken == 0 ? first : lastToken;
    listener.onEnd(
        new Ended(
            reason,
            text.found() == null ? text.rest() : "",
            text.found(),
            truncated,
            new Ended.Counts(promptLength, cached, predicted, kept),
            new Ended.Timings(started - submitted, first - started, last - first)));
  }
}
