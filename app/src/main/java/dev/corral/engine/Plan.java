package dev.corral.engine;

import java.util.List;

/// How a model could be started, as its header tells.
///
/// @param ways from the best to the one that needs least; at least one
/// @param context tokens for each request
/// @param fileBytes size of the weights
/// @param trainedContext 0 where the header does not say
record Plan(List<Way> ways, int context, int trainedContext, long fileBytes) {
  Plan {
    ways = List.copyOf(ways);
  }

  /// @param hostBytes memory that it needs on the host; 0 where that is not known, as with GPUs
  record Way(RunnerFlags flags, long hostBytes) {}

  long leastBytes() {
    return ways.getLast().hostBytes();
  }
}
