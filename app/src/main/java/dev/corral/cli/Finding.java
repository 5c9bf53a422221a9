package dev.corral.cli;

/// What one look of the doctor came to.
///
/// @param good nothing is wrong here
/// @param words what was seen, as a sentence
/// @param next what to do now; empty where all is well
record Finding(boolean good, String words, String next) {
  static Finding good(String words) {
    return new Finding(true, words, "");
  }

  static Finding bad(String words, String next) {
    return new Finding(false, words, next);
  }
}
