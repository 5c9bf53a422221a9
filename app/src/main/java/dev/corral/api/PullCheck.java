package dev.corral.api;

import org.jspecify.annotations.Nullable;

/// Answer of `POST /manage/pulls/check`: whether a model works where it was pulled to.
///
/// @param on the backend that was asked; empty where none could be
/// @param loads whether it comes into memory
/// @param template whether it has a template for chats; null for what makes vectors only
/// @param answers whether it says a token, or makes a vector
/// @param problem what is wrong, a clause; empty where all is well
public record PullCheck(
    String model,
    String on,
    boolean loads,
    @Nullable Boolean template,
    boolean answers,
    String problem) {
  /// Its body.
  ///
  /// @param on a backend's name, `own`, or empty for the first that has it
  public record Ask(String model, String on) {}
}
