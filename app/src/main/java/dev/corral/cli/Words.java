package dev.corral.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/// Times and spans in the words that Ollama's listings use.
final class Words {
  private static final long DAYS_OF_MONTH = 30;
  private static final long DAYS_OF_YEAR = 365;

  private Words() {}

  /// Reads a time with any offset, as Ollama writes them.
  static Optional<Instant> instant(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  static String ago(Instant then, Instant now) {
    Duration span = Duration.between(then, now);
    return span.isNegative() ? span(span.negated()) + " from now" : span(span) + " ago";
  }

  /// `45 seconds`, `about a minute`, `3 weeks`.
  static String span(Duration span) {
    long seconds = span.toSeconds();
    long minutes = span.toMinutes();
    long hours = Math.round(seconds / 3600.0);
    long days = hours / 24;
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds == 1) {
      return "1 second";
    }
    if (seconds < 60) {
      return seconds + " seconds";
    }
    if (minutes == 1) {
      return "About a minute";
    }
    if (minutes < 60) {
      return minutes + " minutes";
    }
    if (hours == 1) {
      return "About an hour";
    }
    if (hours < 48) {
      return hours + " hours";
    }
    if (days < 14) {
      return days + " days";
    }
    if (days < 2 * DAYS_OF_MONTH) {
      return days / 7 + " weeks";
    }
    if (days < 2 * DAYS_OF_YEAR) {
      return days / DAYS_OF_MONTH + " months";
    }
    return days / DAYS_OF_YEAR + " years";
  }
}
