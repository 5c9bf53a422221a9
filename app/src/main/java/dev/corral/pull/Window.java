package dev.corral.pull;

import java.time.DateTimeException;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The time of the day in which pulls work, by the clock of this machine: `01:00-06:30`, also over
/// midnight.
///
/// @param from the first moment
/// @param to the moment behind the last
record Window(LocalTime from, LocalTime to) {
  private static final Pattern FORM =
      Pattern.compile("\\s*(\\d{1,2}:\\d{2})\\s*-\\s*(\\d{1,2}:\\d{2})\\s*");

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm");

  /// @param text empty for any time
  /// @throws IllegalArgumentException where it is no window
  static Optional<Window> parse(String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    Matcher form = FORM.matcher(text);
    try {
      if (form.matches()) {
        Window window =
            new Window(LocalTime.parse(form.group(1), TIME), LocalTime.parse(form.group(2), TIME));
        if (!window.from.equals(window.to)) {
          return Optional.of(window);
        }
      }
    } catch (DateTimeException e) {
      throw wrong(text);
    }
    throw wrong(text);
  }

  private static IllegalArgumentException wrong(String text) {
    return new IllegalArgumentException(
        "window is a time of the day such as 01:00-06:30, not '" + text.strip() + "'");
  }

  boolean open(LocalTime now) {
    boolean begun = !now.isBefore(from);
    boolean over = !now.isBefore(to);
    return from.isBefore(to) ? begun && !over : begun || !over;
  }

  @Override
  public String toString() {
    return from + "-" + to;
  }
}
