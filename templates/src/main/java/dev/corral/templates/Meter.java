package dev.corral.templates;

/// Counts what one rendering uses and ends it at its limits. Everything that grows is paid for
/// before it is made. Used by one thread.
public final class Meter {
  private static final int ENTRY_WEIGHT = 64; // about the bytes of an entry and its value
  private static final int STEPS_BETWEEN_LOOKS = 64; // one step may go through a long text

  private final Limits limits;
  private final long started = System.nanoTime();
  private long steps;
  private long nextLook = STEPS_BETWEEN_LOOKS;
  private long characters;
  private int depth;

  public Meter(Limits limits) {
    this.limits = limits;
  }

  /// One step down and one step forward; paired with [#leave()].
  public void enter() {
    if (++depth > limits.depth()) {
      throw new TemplateFailure("the template nests or calls itself too deeply");
    }
    steps(1);
  }

  public void leave() {
    depth--;
  }

  public void step() {
    steps(1);
  }

  public void steps(long count) {
    if (count > limits.steps() - steps) {
      throw new TemplateFailure("the template takes more than " + limits.steps() + " steps");
    }
    steps += count;
    if (steps >= nextLook) {
      nextLook = steps + STEPS_BETWEEN_LOOKS;
      if (System.nanoTime() - started > limits.time().toNanos()) {
        throw new TemplateFailure(
            "the template takes longer than " + limits.time().toMillis() + " ms");
      }
    }
  }

  /// Pays for text that is about to be made.
  public void text(long length) {
    if (length < 0 || length > limits.characters() - characters) {
      throw new TemplateFailure(
          "the template makes more than " + limits.characters() + " characters of text");
    }
    characters += length;
  }

  /// Pays for list entries that are about to be made.
  public void entries(long count) {
    text(count > limits.characters() ? count : count * ENTRY_WEIGHT);
    steps(count);
  }
}
