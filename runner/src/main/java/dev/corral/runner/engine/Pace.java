package dev.corral.runner.engine;

/// How many tokens of prompts a step may take, learnt from the steps before: others that are in the
/// middle of an answer wait for the step's end, and so does a newcomer.
final class Pace {

  /// A step that somebody else waits for is this long at most, in nanoseconds.
  static final long SHARED = 100_000_000;

  /// A step that holds nobody up. Longer steps read prompts faster, because every step reads all
  /// weights once; but a newcomer waits for its end. Whoever gives up waits for nothing: a step
  /// that serves nobody any more is stopped half-way.
  static final long ALONE = 400_000_000;

  /// Matrix multiplications work on rows in groups.
  private static final int GROUP = 16;

  /// The least that is worth a step, where even a group takes too long.
  private static final int LEAST = 4;

  /// What is tried while nothing is known.
  private static final int FIRST = 64;

  /// Weight of the newest step in the average.
  private static final double NEWEST = 0.5;

  private double nanosPerToken;

  /// @param shared whether somebody else waits for the step's end
  /// @param most what a batch takes
  int tokens(boolean shared, int most) {
    long budget = shared ? SHARED : ALONE;
    int fits = nanosPerToken == 0 ? FIRST : (int) Math.min(most, budget / nanosPerToken);
    int grouped = fits < GROUP ? Math.max(LEAST, fits) : fits / GROUP * GROUP;
    return Math.min(most, grouped);
  }

  /// A step read so many tokens of prompts in so many nanoseconds.
  void took(int tokens, long nanos) {
    double measured = (double) nanos / tokens;
    boolean few = tokens < GROUP;
    if (few && (nanosPerToken == 0 || measured >= nanosPerToken)) {
      // Most of so small a step is the reading of the weights, which more tokens would share.
      return;
    }
    nanosPerToken =
        nanosPerToken == 0 ? measured : nanosPerToken * (1 - NEWEST) + measured * NEWEST;
  }
}
