package dev.corral.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A size in bytes. Written as people write it: `64MiB`, `1GB`, `512`.
///
/// @param count never negative
public record Bytes(long count) {
  private static final Pattern FORM =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([KMGT]i?)?B?", Pattern.CASE_INSENSITIVE);

  public Bytes {
    if (count < 0) {
      throw new IllegalArgumentException("A size cannot be negative: " + count);
    }
  }

  public static Bytes mebi(long count) {
    return new Bytes(count << 20);
  }

  public static Bytes gibi(long count) {
    return new Bytes(count << 30);
  }

  /// Reads `10GiB`, `1.5 GB`, `4096`. Units with an `i` are powers of 1024, the others of 1000.
  ///
  /// @throws IllegalArgumentException with the forms that are understood
  public static Bytes parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a size; write for example 64MiB, 10GiB or 4096");
    }
    String unit = form.group(2) == null ? "" : form.group(2).toLowerCase(Locale.ROOT);
    double base = unit.endsWith("i") ? 1024 : 1000;
    int power = unit.isEmpty() ? 0 : "kmgt".indexOf(unit.charAt(0)) + 1;
    return new Bytes(Math.round(Double.parseDouble(form.group(1)) * Math.pow(base, power)));
  }

  /// As Ollama's own listing prints sizes: powers of 1000, two or three significant digits.
  public String human() {
    if (count < 1000) {
      return count + " B";
    }
    double value = count;
    String units = "KMGTPE";
    int unit = -1;
    while (value >= 1000 && unit < units.length() - 1) {
      value /= 1000;
      unit++;
    }
    String number = String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    return number + " " + units.charAt(unit) + "B";
  }

  @Override
  public String toString() {
    return human();
  }
}
