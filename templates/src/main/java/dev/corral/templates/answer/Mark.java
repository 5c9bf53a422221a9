package dev.corral.templates.answer;

import java.util.Optional;

/// A text that means something when a model writes it.
///
/// @param unit what begins with it; empty where it begins no call
record Mark(String text, Meaning meaning, Optional<Unit> unit) {
  enum Meaning {
    /// Thinking begins.
    THINK,
    /// Thinking ends, or nobody's text: it is left out.
    SPEAK,
    /// A header begins, which says what follows.
    HEADER,
    /// Calls follow.
    SECTION,
    /// A call begins.
    UNIT,
    /// A call, or the calls, are over.
    CLOSER
  }

  static Mark of(String text, Meaning meaning) {
    return new Mark(text, meaning, Optional.empty());
  }

  static Mark of(Unit unit) {
    return new Mark(unit.open(), Meaning.UNIT, Optional.of(unit));
  }
}
