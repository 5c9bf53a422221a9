package dev.corral.runner.llama;

/// llama.cpp's libraries are missing, or are not those this program was written for. The message
/// says what to do.
public final class NativesUnusable extends Exception {
  public NativesUnusable(String reason) {
    super(reason);
  }
}
