package dev.corral.registry;

/// What sending something to a registry came to.
public sealed interface Pushed permits Pushed.There, Pushed.Absent, Trouble {
  /// The registry has it.
  record There() implements Pushed {}

  /// The registry does not have it; nothing is wrong.
  record Absent() implements Pushed {}
}
