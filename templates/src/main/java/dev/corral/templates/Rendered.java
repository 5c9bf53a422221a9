package dev.corral.templates;

/// What came of rendering a template: every outcome is a value.
public sealed interface Rendered {
  /// The prompt.
  record Text(MarkedText text) implements Rendered {}

  /// The template itself refused these messages (`raise_exception`): the caller's mistake, and the
  /// message is written for them.
  record Raised(String message) implements Rendered {}

  /// The template is wrong, or went beyond a limit.
  ///
  /// @param line of the template, counted from 1; 0 where none can be named
  record Failed(String reason, int line) implements Rendered {
    /// The reason with its line, for people.
    public String text() {
      return line == 0 ? reason : reason + " (line " + line + " of the chat template)";
    }
  }
}
