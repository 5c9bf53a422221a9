package dev.corral.engine;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// How a model could be started, as its header and the machine tell.
///
/// @param ways from the best to the one that needs least; at least one
/// @param context tokens for each request
/// @param fileBytes size of the weights
/// @param trainedContext 0 where the header does not say
/// @param deviceFree what the GPUs that it may use had free; empty where there are none or nobody
///   tells
/// @param readAt before the GPUs were asked, so that what changed meanwhile counts as later
record Plan(
    List<Way> ways,
    int context,
    int trainedContext,
    long fileBytes,
    OptionalLong deviceFree,
    Instant readAt) {
  Plan {
    ways = List.copyOf(ways);
  }

  /// @param hostBytes memory that it needs on the host; 0 where GPUs take it
  /// @param deviceBytes memory that it needs on GPUs if all of it goes there
  record Way(RunnerFlags flags, long hostBytes, long deviceBytes) {
    long bytes() {
      return hostBytes + deviceBytes;
    }
  }

  Way least() {
    return ways.getLast();
  }

  /// The same for a runner that computes on the processor alone, whatever GPUs are there.
  Plan onHost() {
    List<Way> all = ways.stream().map(way -> new Way(way.flags(), way.bytes(), 0)).toList();
    return new Plan(all, context, trainedContext, fileBytes, OptionalLong.empty(), readAt);
  }
}
