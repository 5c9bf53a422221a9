package dev.corral.hub;

/// How much of a header is read.
public enum Depth {
  /// One request of 256 KiB, which nearly always holds all hyper-parameters: good for a provisional
  /// fit.
  GLANCE,
  /// All of it, by at most three requests and 16 MB for each file.
  EXACT
}
