package dev.corral.templates.jinja;

import dev.corral.templates.TemplateFailure;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/// Numbers in a given form: the letters that `%` formatting and `str.format` share.
final class NumberFormat {
  private static final int MAX_PRECISION = 1000;

  private NumberFormat() {}

  /// Without sign.
  ///
  /// @param form one of `d x X o b e E f F g G %`
  /// @param precision digits behind the point; negative for the usual six
  static String digits(Value number, char form, int precision) {
    if (precision > MAX_PRECISION) {
      throw new TemplateFailure("a number is asked with " + precision + " digits");
    }
    return switch (form) {
      case 'd', 'x', 'X', 'o', 'b' -> whole(number, form);
      default -> real(Math.abs(Operators.real(number)), form, precision < 0 ? 6 : precision);
    };
  }

  private static String whole(Value number, char form) {
    BigInteger integer = Operators.integer(number);
    if (integer == null) {
      throw new TemplateFailure("'" + form + "' formats integers, not a " + Kinds.of(number));
    }
    return switch (form) {
      case 'x' -> integer.abs().toString(16);
      case 'X' -> integer.abs().toString(16).toUpperCase(Locale.ROOT);
      case 'o' -> integer.abs().toString(8);
      case 'b' -> integer.abs().toString(2);
      default -> PythonText.integer(integer.abs());
    };
  }

  private static String real(double number, char form, int precision) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.isNaN(number) ? "nan" : "inf";
    }
    BigDecimal decimal = new BigDecimal(number);
    return switch (form) {
      case 'f', 'F' -> decimal.setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
      case '%' ->
          decimal.movePointRight(2).setScale(precision, RoundingMode.HALF_EVEN).toPlainString()
              + "%";
      case 'e' -> scientific(decimal, precision);
      case 'E' -> scientific(decimal, precision).toUpperCase(Locale.ROOT);
      case 'g' -> general(decimal, Math.max(1, precision));
      case 'G' -> general(decimal, Math.max(1, precision)).toUpperCase(Locale.ROOT);
      default -> throw new TemplateFailure("there is no number format '" + form + "'");
    };
  }

  private static String scientific(BigDecimal number, int precision) {
    BigDecimal rounded = number.round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
    int exponent = number.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String mantissa =
        rounded.movePointLeft(exponent).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    String digits = (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    return mantissa + (exponent < 0 ? "e-" : "e+") + digits;
  }

  private static String general(BigDecimal number, int precision) {
    BigDecimal rounded = number.round(new MathContext(precision, RoundingMode.HALF_EVEN));
    int exponent = number.signum() == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < precision) {
      return number.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }
    String written = scientific(rounded, precision - 1);
    int e = written.indexOf('e');
    String mantissa = written.substring(0, e);
    return (mantissa.contains(".")
            ? mantissa.replaceAll("0+$", "").replaceAll("\\.$", "")
            : mantissa)
        + written.substring(e);
  }

  /// True below zero, and for minus zero.
  static boolean negative(Value number) {
    BigInteger integer = Operators.integer(number);
    double real = Operators.real(number);
    return integer != null ? integer.signum() < 0 : real < 0 || 1 / real < 0;
  }
}
