package dev.corral.templates.jinja;

import dev.corral.templates.Meter;

/// Finds a text within another. A long one is looked for by its beginning, and each place that
/// begins alike is paid for, so that repetitive texts cannot make a search take for ever.
final class Search {
  private static final int BEGINNING = 8;
  private static final int COMPARED_PER_STEP = 8;

  private Search() {}

  /// As [String#indexOf(String, int)].
  static int first(String text, String sought, int from, Meter meter) {
    if (sought.length() <= BEGINNING) {
      return text.indexOf(sought, from);
    }
    String beginning = sought.substring(0, BEGINNING);
    int at = text.indexOf(beginning, from);
    while (at >= 0 && !matches(text, sought, at, meter)) {
      at = text.indexOf(beginning, at + 1);
    }
    return at;
  }

  /// As [String#lastIndexOf(String, int)].
  static int last(String text, String sought, int from, Meter meter) {
    if (sought.length() <= BEGINNING) {
      return text.lastIndexOf(sought, from);
    }
    String beginning = sought.substring(0, BEGINNING);
    int at = text.lastIndexOf(beginning, from);
    while (at >= 0 && !matches(text, sought, at, meter)) {
      at = text.lastIndexOf(beginning, at - 1);
    }
    return at;
  }

  private static boolean matches(String text, String sought, int at, Meter meter) {
    meter.steps(1 + sought.length() / COMPARED_PER_STEP);
    return text.startsWith(sought, at);
  }
}
