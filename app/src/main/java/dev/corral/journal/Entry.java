package dev.corral.journal;

import dev.corral.exchange.ExchangeEvent;
import java.time.Instant;
import java.util.Locale;

/// One thing that is written down.
public sealed interface Entry {
  /// An exchange that ended.
  record Exchanged(ExchangeEvent event) implements Entry {}

  /// Something an operator may want to know of.
  ///
  /// @param kind what it is about: `backend`, `config`, `server`, `log` (a library's own words)
  /// @param subject which one: a backend's name, a library's logger; may be empty
  /// @param state what it came to: `up`, `down`, `taken`, `not-taken`, `started`, `stopped`; may be
  ///   empty
  /// @param text for people
  record Notice(Instant at, Level level, String kind, String subject, String state, String text)
      implements Entry {}

  /// How much a notice matters.
  enum Level {
    INFO,
    WARN,
    ERROR;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
