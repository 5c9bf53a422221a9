package dev.corral.upkeep;

import dev.corral.model.Bytes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The `prune:` of `corral.yaml`; all empty is off.
///
/// @param unusedFor models that nobody used for so long go: `30d`
/// @param at the time of the day at which it is done, `04:30`; empty for once an hour
/// @param keepFree the models that were not used for the longest time go until so much is free, or
///   would be when the trash is emptied: `50GiB`
public record PruneSettings(String unusedFor, String at, String keepFree) {
  private static final Pattern SPAN = Pattern.compile("(\\d{1,5})\\s*([mhdw])");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm");

  public static PruneSettings defaults() {
    return new PruneSettings("", "", "");
  }

  public PruneSettings {
    if (!unusedFor.isEmpty()) {
      Duration _ = span(unusedFor);
    }
    if (!at.isEmpty()) {
      LocalTime _ = time(at);
    }
    if (!keepFree.isEmpty()) {
      Bytes _ = Bytes.parse(keepFree);
    }
  }

  boolean on() {
    return !unusedFor.isEmpty() || !keepFree.isEmpty();
  }

  public Optional<Duration> unused() {
    return unusedFor.isEmpty() ? Optional.empty() : Optional.of(span(unusedFor));
  }

  /// Bytes; 0 for none.
  public long free() {
    return keepFree.isEmpty() ? 0 : Bytes.parse(keepFree).count();
  }

  Optional<LocalTime> time() {
    return at.isEmpty() ? Optional.empty() : Optional.of(time(at));
  }

  private static LocalTime time(String text) {
    try {
      return LocalTime.parse(text, TIME);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is no time of the day, like 04:30", e);
    }
  }

  /// Reads `30d`, `12h`, `90m`, `2w`.
  ///
  /// @throws IllegalArgumentException with the forms that are understood
  public static Duration span(String text) {
    Matcher form = SPAN.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no span of time; write for example 30d, 12h or 2w");
    }
    long count = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      case "d" -> Duration.ofDays(count);
      default -> Duration.ofDays(7 * count);
    };
  }
}
