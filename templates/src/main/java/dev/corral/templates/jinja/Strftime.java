package dev.corral.templates.jinja;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/// Dates as C's `strftime` writes them in English.
final class Strftime {
  private Strftime() {}

  static String format(String format, ZonedDateTime time) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      if (c != '%' || at == format.length()) {
        out.append(c);
        continue;
      }
      char flag = format.charAt(at);
      boolean flagged = (flag == '-' || flag == '_') && at + 1 < format.length();
      at += flagged ? 2 : 1;
      String field = field(format.charAt(at - 1), time);
      out.append(flagged ? unpadded(field, flag == '_') : field);
    }
    return out.toString();
  }

  /// `%-d` drops leading zeros, `%_d` turns them into blanks.
  private static String unpadded(String field, boolean blanks) {
    int zeros = 0;
    while (zeros < field.length() - 1 && field.charAt(zeros) == '0') {
      zeros++;
    }
    return (blanks ? " ".repeat(zeros) : "") + field.substring(zeros);
  }

  private static String field(char code, ZonedDateTime time) {
    int sunday = time.getDayOfWeek().getValue() % 7;
    int hour = time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
    return switch (code) {
      case 'Y' -> String.valueOf(time.getYear());
      case 'C' -> padded(time.getYear() / 100, 2);
      case 'y' -> padded(time.getYear() % 100, 2);
      case 'm' -> padded(time.getMonthValue(), 2);
      case 'd' -> padded(time.getDayOfMonth(), 2);
      case 'e' -> String.format(Locale.ROOT, "%2d", time.getDayOfMonth());
      case 'H' -> padded(time.getHour(), 2);
      case 'I' -> padded(hour, 2);
      case 'k' -> String.format(Locale.ROOT, "%2d", time.getHour());
      case 'l' -> String.format(Locale.ROOT, "%2d", hour);
      case 'M' -> padded(time.getMinute(), 2);
      case 'S' -> padded(time.getSecond(), 2);
      case 'f' -> padded(time.getNano() / 1000, 6);
      case 'j' -> padded(time.getDayOfYear(), 3);
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'P' -> time.getHour() < 12 ? "am" : "pm";
      case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
      case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
      case 'u' -> String.valueOf(time.getDayOfWeek().getValue());
      case 'w' -> String.valueOf(sunday);
      case 'U' -> padded((time.getDayOfYear() + 6 - sunday) / 7, 2);
      case 'W' -> padded((time.getDayOfYear() + 6 - (sunday + 6) % 7) / 7, 2);
      case 'V' -> padded(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
      case 'G' -> String.valueOf(time.get(IsoFields.WEEK_BASED_YEAR));
      case 's' -> String.valueOf(time.getLong(ChronoField.INSTANT_SECONDS));
      case 'z', 'Z' -> ""; // the template's clock is a naive one, as in Python
      default -> composed(code, time);
    };
  }

  private static String composed(char code, ZonedDateTime time) {
    return switch (code) {
      case 'F' -> format("%Y-%m-%d", time);
      case 'T', 'X' -> format("%H:%M:%S", time);
      case 'R' -> format("%H:%M", time);
      case 'D', 'x' -> format("%m/%d/%y", time);
      case 'r' -> format("%I:%M:%S %p", time);
      case 'c' -> format("%a %b %e %H:%M:%S %Y", time);
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> "%" + code;
    };
  }

  private static String padded(int number, int width) {
    return String.format(Locale.ROOT, "%0" + width + "d", number);
  }
}
