package dev.corral.runner.grammar;

import java.util.List;

/// What came of a schema: both outcomes are values.
public sealed interface Converted {
  /// A grammar whose first symbol is `root`.
  ///
  /// @param text GBNF
  /// @param loosened what the grammar could not say and therefore lets pass, for the log
  record Grammar(String text, List<String> loosened) implements Converted {
    public Grammar {
      loosened = List.copyOf(loosened);
    }
  }

  /// The schema cannot be held to.
  ///
  /// @param reason for the caller: where, what and why
  record Refused(String reason) implements Converted {}
}
