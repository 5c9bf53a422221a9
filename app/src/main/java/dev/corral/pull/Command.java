package dev.corral.pull;

import dev.corral.model.ModelName;
import java.util.concurrent.CompletableFuture;

/// What the owner of the jobs is asked to do.
sealed interface Command {
  /// Fetch a model, or join whoever does.
  ///
  /// @param approved false where somebody has to say yes before it begins
  record Ask(
      ModelName name,
      String target,
      String askedBy,
      boolean approved,
      CompletableFuture<Pull> answer)
      implements Command {}

  /// Change a job; answered with false where there is none.
  record Change(String id, What what, CompletableFuture<Boolean> answer) implements Command {}

  /// The work on a job ended.
  record Ended(String id, Work.End end) implements Command {}

  /// The places beside our own store are known now, or something else has changed by which the jobs
  /// go.
  record Places() implements Command {}

  record Close() implements Command {}

  /// How a job is changed.
  enum What {
    PAUSE,
    RESUME,
    APPROVE,
    CANCEL
  }
}
