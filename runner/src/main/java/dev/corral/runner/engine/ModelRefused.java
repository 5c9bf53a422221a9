package dev.corral.runner.engine;

/// The file cannot be run. The message is the reason, in one sentence, and names no path.
public final class ModelRefused extends Exception {
  public ModelRefused(String reason) {
    super(reason);
  }
}
