package dev.corral.runner.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whole numbers between two bounds, digit by digit.
final class Integers {
  /// The largest number that is written out: sixteen digits, as llama.cpp's own rule has it.
  private static final long LARGEST = 9_999_999_999_999_999L;

  private Integers() {}

  /// A body for whole numbers in the bounds of this schema; empty where it has none.
  static String of(JsonNode schema, Place place) {
    Long least = bound(schema, "minimum", RoundingMode.CEILING, 0, place);
    Long above = bound(schema, "exclusiveMinimum", RoundingMode.FLOOR, 1, place);
    Long most = bound(schema, "maximum", RoundingMode.FLOOR, 0, place);
    Long below = bound(schema, "exclusiveMaximum", RoundingMode.CEILING, -1, place);
    if (least == null && above == null && most == null && below == null) {
      return "";
    }
    long from = Math.max(least == null ? -LARGEST : least, above == null ? -LARGEST : above);
    long to = Math.min(most == null ? LARGEST : most, below == null ? LARGEST : below);
    if (from > to) {
      throw new SchemaRefused(place, "no whole number lies between the bounds");
    }
    return String.join(" | ", between(from, to));
  }

  private static @Nullable Long bound(
      JsonNode schema, String key, RoundingMode mode, long shift, Place place) {
    JsonNode value = schema.get(key);
    if (value == null || value.isBoolean()) { // draft 4 wrote exclusiveMinimum as a truth value
      return null;
    }
    if (!value.isNumber()) {
      throw new SchemaRefused(place, key + " must be a number");
    }
    double clamped = Math.clamp(value.doubleValue(), (double) -LARGEST, (double) LARGEST);
    boolean exact = value.canConvertToLong() && value.isIntegralNumber();
    long whole =
        exact ? value.longValue() : BigDecimal.valueOf(clamped).setScale(0, mode).longValueExact();
    return Math.clamp(Math.clamp(whole, -LARGEST, LARGEST) + shift, -LARGEST, LARGEST);
  }

  private static List<String> between(long from, long to) {
    List<String> alternatives = new ArrayList<>();
    if (from < 0) {
      String digits = String.join(" | ", digits(Math.max(1, -to), -from));
      alternatives.add("\"-\" (" + digits + ")");
    }
    if (to >= 0) {
      alternatives.addAll(digits(Math.max(0, from), to));
    }
    return alternatives;
  }

  /// The numbers of two bounds that are not negative, by their number of digits.
  private static List<String> digits(long from, long to) {
    List<String> alternatives = new ArrayList<>();
    long start = from;
    while (start <= to) {
      int length = Long.toString(start).length();
      long end = Math.min(to, Long.parseLong("9".repeat(length)));
      alternatives.add(sameLength(Long.toString(start), Long.toString(end)));
      start = end + 1;
    }
    return alternatives;
  }

  /// The numbers between two of the same number of digits.
  private static String sameLength(String from, String to) {
    int same = 0;
    while (same < from.length() && from.charAt(same) == to.charAt(same)) {
      same++;
    }
    String start = same == 0 ? "" : "\"" + from.substring(0, same) + "\"";
    if (same == from.length()) {
      return start;
    }
    String gap = start.isEmpty() ? "" : " ";
    return start + gap + "(" + String.join(" | ", different(from, to, same)) + ")";
  }

  /// The first digits differ at `at`: the lowest with its rest, the ones between, the highest.
  private static List<String> different(String from, String to, int at) {
    List<String> alternatives = new ArrayList<>();
    int rest = from.length() - at - 1;
    char low = from.charAt(at);
    char high = to.charAt(at);
    boolean fromStart = from.substring(at + 1).equals("0".repeat(rest));
    boolean toEnd = to.substring(at + 1).equals("9".repeat(rest));
    if (!fromStart) {
      alternatives.add("\"" + low + "\" " + sameLength(from.substring(at + 1), "9".repeat(rest)));
    }
    char first = fromStart ? low : (char) (low + 1);
    char last = toEnd ? high : (char) (high - 1);
    if (first <= last) {
      alternatives.add(digit(first, last) + any(rest));
    }
    if (!toEnd) {
      alternatives.add("\"" + high + "\" " + sameLength("0".repeat(rest), to.substring(at + 1)));
    }
    return alternatives;
  }

  private static String digit(char first, char last) {
    return first == last ? "[" + first + "]" : "[" + first + "-" + last + "]";
  }

  private static String any(int digits) {
    return digits == 0 ? "" : digits == 1 ? " [0-9]" : " [0-9]{" + digits + "}";
  }
}
