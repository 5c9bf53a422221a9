package dev.corral.runner;

import java.util.function.DoubleConsumer;

/// Tells on standard error how much of a model is loaded, in steps of ten percent: `loading 40 %`.
/// Small models are loaded before there is anything to tell.
final class Progress implements DoubleConsumer {
  private static final long SILENT_NANOS = 500_000_000;
  private final long start = System.nanoTime();
  private int told;

  @Override
  public void accept(double share) {
    int tens = (int) (share * 10);
    if (tens > told && System.nanoTime() - start > SILENT_NANOS) {
      told = tens;
      System.err.println("loading " + tens * 10 + " %");
    }
  }
}
