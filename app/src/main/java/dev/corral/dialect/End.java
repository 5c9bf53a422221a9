package dev.corral.dialect;

/// How an answer with status 200 ended, once its body is over without an error of the connection.
public sealed interface End {
  Usage usage();

  /// All is here, and the answer says so itself.
  record Complete(Usage usage) implements End {}

  /// The body ended properly, and the answer did not: the backend stopped in the middle.
  record NoTerminator(Usage usage) implements End {}

  /// The backend failed after it had promised 200.
  ///
  /// @param text its own words where it had any, else ours
  /// @param told true where the frame that says so is one that the caller's client understands;
  ///   then there is nothing to add to the stream
  record LateError(String text, boolean told, Usage usage) implements End {}
}
