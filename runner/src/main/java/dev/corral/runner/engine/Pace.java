package dev.corral.runner.engine;

/// How many tokens of prompts a step may take, learnt from the steps before: others that are in the
/// middle of an answer wait for the step's end, and so does a newcomer.
final class Pace {

  /// A step that holds up an answer is this long at most, in nanoseconds.
  static final long ANSWERING = 100_000_000;

  /// A step that only reads, for several: one that gives up has its slot free after this long.
  static final long READING = 200_000_000;

  /// A step that holds nobody up. Longer steps read prompts faster, because every step reads all
  /// weights once; but a newcomer waits for its end. Whoever gives up waits for nothing: a step
  /// that serves nobody any more is stopped half-way.
  static final long ALONE = 400_000_000;

  /// Matrix multiplications work on rows in groups; less is not worth a step, also where it takes
  /// longer than it should.
  private static final int GROUP = 16;

  /// What is tried while nothing is known.
  private static final int FIRST = 64;

  /// Weight of the newest step in the average.
  private static final double NEWEST = 0.5;

  private double nanosPerToken;

  /// How long the next step may be, in nanoseconds.
  ///
  /// @param answering how many answers get a token in it
  /// @param jobs of all kinds, those that wait among them
  static long budget(int answering, long jobs) {
    if (answering > 0) {
      return ANSWERING;
    }
    return jobs > 1 ? READING : ALONE;
  }

  /// @param budget how long the step may be
  /// @param most what a batch takes
  int tokens(long budget, int most) {
    int fits = nanosPerToken == 0 ? FIRST : (int) Math.min(most, budget / nanosPerToken);
    return Math.min(most, Math.max(GROUP, fits / GROUP * GROUP));
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
