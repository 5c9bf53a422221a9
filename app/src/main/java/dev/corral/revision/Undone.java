package dev.corral.revision;

/// What came of bringing back what a name meant.
public sealed interface Undone {
  record Back() implements Undone {}

  /// @param why a clause for people
  record Not(String why) implements Undone {}

  default boolean back() {
    return this instanceof Back;
  }
}
