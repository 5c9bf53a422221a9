package dev.corral.db;

import java.util.List;

/// What opening a database came to.
public sealed interface Opening {

  /// @param notes what an operator should know, each a sentence: a migration, its copy
  record Opened(Database database, List<String> notes) implements Opening {
    public Opened {
      notes = List.copyOf(notes);
    }
  }

  /// The start cannot go on.
  ///
  /// @param message what is wrong, for the operator's terminal; names files of this machine
  /// @param next what to do now
  record Refused(String message, String next) implements Opening {}
}
