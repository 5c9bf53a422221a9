package dev.corral.cli;

import dev.corral.api.PullPlan;
import dev.corral.api.PullView;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a pull of one model to one target came to.
///
/// @param job null where the model was there and nothing was fetched
record PullResult(PullPlan plan, @Nullable PullView job) {
  /// The same with its job as it ended.
  PullResult ended(Map<String, PullView> jobs) {
    return job == null ? this : new PullResult(plan, jobs.getOrDefault(job.id(), job));
  }

  boolean there() {
    return job == null || job.state().equals("done");
  }

  /// Why it did not come; what is there and does not answer has failed.
  Exit exit() {
    return job == null ? Exit.FAILED : Exit.ofCause(job.cause());
  }

  String error() {
    return job == null ? "" : job.error();
  }
}
