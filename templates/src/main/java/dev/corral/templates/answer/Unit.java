package dev.corral.templates.answer;

import java.util.List;

/// How one call, or one list of calls, is written.
///
/// @param open what it begins with
/// @param where it may begin
/// @param extent where it ends
/// @param reading what it says
record Unit(String open, Where where, Extent extent, Reading reading) {
  enum Where {
    /// Its opening cannot be mistaken.
    ANYWHERE,
    /// Only behind the mark of a section.
    SECTION,
    /// Only where an answer begins or in a section, and only for tools that were given: an answer
    /// may well begin like a call.
    START
  }

  /// A call as it was understood.
  ///
  /// @param arguments a JSON object as text
  record Call(String name, String arguments) {}

  /// Understands the text of a unit, its opening included; none where it is no call.
  interface Reading {
    List<Call> read(String text, Tools tools);
  }
}
