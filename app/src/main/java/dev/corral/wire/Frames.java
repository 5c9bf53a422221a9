package dev.corral.wire;

/// Takes whole frames from a splitter.
@FunctionalInterface
public interface Frames {
  /// @param bytes valid only during the call
  void frame(byte[] bytes, int from, int length);
}
