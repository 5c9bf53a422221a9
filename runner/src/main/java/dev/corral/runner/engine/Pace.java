package dev.corral.runner.engine;

/// How many tokens of prompts a step may take, learnt from the steps before: others that are in the
/// middle of an answer wait for the step's end, and so does a newcomer.
final class Pace {

  /// A step that holds answers up is this long at most, in nanoseconds.
  static final long SHARED = 100_000_000;

  /// A step that holds nobody up. Longer steps read prompts faster, because every step reads all
  /// weights once; but a newcomer waits for its end.
  static final long ALONE = 400_000_000;

  /// The least that is worth a step. Matrix multiplications work on rows in groups.
  private static final int LEAST = 16;

  /// What is tried while nothing is known.
  private static final int FIRST = 64;

  /// Weight of the newest step in the average.
  private static final double NEWEST = 0.5;

  private double nanosPerToken;

  /// @param shared whether somebody's answer is held up
  /// @param most what a batch takes
  int tokens(boolean shared, int most) {
    long budget = shared ? SHARED : ALONE;
    int fits = nanosPerToken == 0 ? FIRST : (int) Math.min(most, budget / nanosPerToken);
    int grouped = fits / LEAST * LEAST;
    return Math.min(most, Math.max(LEAST, grouped));
  }

  /// A step read so many tokens of prompts in so many nanoseconds.
  void took(int tokens, long nanos) {
    if (tokens < LEAST) {
      return;
    }
    double measured = (double) nanos / tokens;
    nanosPerToken =
        nanosPerToken == 0 ? measured : nanosPerToken * (1 - NEWEST) + measured * NEWEST;
  }
}
