package dev.corral.templates.jinja;

import dev.corral.templates.MarkedText;
import dev.corral.templates.TemplateFailure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reading and rounding numbers.
final class Numbers {
  private static final int MAX_DIGITS = 4300; // as Python
  private static final Pattern REAL =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?|[+-]?(inf|infinity|nan)");

  private Numbers() {}

  static BigInteger truncate(double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      throw new TemplateFailure(PythonText.real(number) + " is no integer");
    }
    return new BigDecimal(number).toBigInteger();
  }

  /// The integer that a value is or spells, its fraction cut off; null where it is none.
  static @Nullable BigInteger integer(Value value, int base) {
    BigInteger integer = Operators.integer(value);
    if (integer != null) {
      return integer;
    }
    if (value instanceof Value.Text(MarkedText text)) {
      BigInteger spelled = spelled(text.toString(), base);
      if (spelled != null) {
        return spelled;
      }
    }
    Double real = real(value);
    return real == null || real.isNaN() || real.isInfinite() ? null : truncate(real);
  }

  private static @Nullable BigInteger spelled(String text, int base) {
    String digits = text.strip().replace("_", "").toLowerCase(Locale.ROOT);
    String prefix =
        switch (base) {
          case 2 -> "0b";
          case 8 -> "0o";
          case 16 -> "0x";
          default -> "\0";
        };
    String bare = digits.startsWith(prefix) ? digits.substring(2) : digits;
    if (base < 2 || base > 36 || bare.length() > MAX_DIGITS) {
      return null;
    }
    try {
      return new BigInteger(bare, base);
    } catch (NumberFormatException _) {
      return null;
    }
  }

  /// The number that a value is or spells; null where it is none.
  static @Nullable Double real(Value value) {
    if (Operators.isNumber(value)) {
      return Operators.real(value);
    }
    if (!(value instanceof Value.Text(MarkedText text))) {
      return null;
    }
    String spelled = text.toString().strip().toLowerCase(Locale.ROOT);
    if (spelled.length() > MAX_DIGITS || !REAL.matcher(spelled).matches()) {
      return null;
    }
    double sign = spelled.startsWith("-") ? -1 : 1;
    return spelled.endsWith("nan")
        ? Double.NaN
        : spelled.contains("inf") ? sign * Double.POSITIVE_INFINITY : Double.parseDouble(spelled);
  }

  /// As Python rounds: to the even neighbour, and of whole numbers only where `digits` is negative.
  static Value round(Value value, int digits, String method) {
    if (!Operators.isNumber(value)) {
      throw Operators.undefinedOr(value, value, "a " + Kinds.of(value) + " cannot be rounded");
    }
    int places = Math.max(-400, Math.min(digits, 400)); // beyond what a double can hold
    if (method.equals("common")) {
      BigInteger integer = Operators.integer(value);
      if (integer != null) {
        return new Value.Int(
            places >= 0
                ? integer
                : new BigDecimal(integer).setScale(places, RoundingMode.HALF_EVEN).toBigInteger());
      }
      return new Value.Real(rounded(Operators.real(value), places, RoundingMode.HALF_EVEN));
    }
    double power = Math.pow(10, places);
    double scaled = Operators.real(value) * power;
    return switch (method) {
      case "ceil" -> new Value.Real(Math.ceil(scaled) / power);
      case "floor" -> new Value.Real(Math.floor(scaled) / power);
      default -> throw new TemplateFailure("'round' knows common, ceil and floor");
    };
  }

  private static double rounded(double number, int places, RoundingMode mode) {
    return Double.isNaN(number) || Double.isInfinite(number)
        ? number
        : new BigDecimal(number).setScale(places, mode).doubleValue();
  }
}
