package dev.corral.templates.go;

import dev.corral.templates.MarkedText;
import dev.corral.templates.Out;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;

/// How Go prints values (`fmt.Print`).
final class GoText {
  private GoText() {}

  /// What an action prints.
  static void print(GoValue value, Out out) {
    if (value instanceof GoValue.Nil) {
      out.add("<no value>");
    } else {
      write(value, out);
    }
  }

  /// The form `%v`.
  static void write(GoValue value, Out out) {
    switch (value) {
      case GoValue.Nil _ -> out.add("<nil>");
      case GoValue.Bool(boolean truth) -> out.add(String.valueOf(truth));
      case GoValue.Int(long number) -> out.add(String.valueOf(number));
      case GoValue.Real(double number) -> out.add(real(number));
      case GoValue.Text(MarkedText text) -> out.add(text);
      case GoValue.Slice slice -> slice(slice, out);
      case GoValue.Dict dict -> {
        if (dict.form() == GoValue.Form.JSON) {
          GoJson.write(dict.nil() ? EMPTY_DICT : dict, out);
        } else {
          dict(dict, out);
        }
      }
      case GoValue.Struct struct -> {
        if (struct.form() == GoValue.Form.JSON) {
          GoJson.write(struct, out);
        } else {
          struct(struct, out);
        }
      }
    }
  }

  private static void slice(GoValue.Slice slice, Out out) {
    if (slice.form() == GoValue.Form.JSON) {
      GoJson.write(slice, out);
      return;
    }
    boolean bare = slice.form() == GoValue.Form.ONE_OR_MANY && slice.items().size() < 2;
    out.meter().enter();
    out.add(bare ? "" : "[");
    for (int i = 0; i < slice.items().size(); i++) {
      out.add(i == 0 ? "" : " ");
      write(slice.items().get(i), out);
    }
    out.add(bare ? "" : "]");
    out.meter().leave();
  }

  private static void dict(GoValue.Dict dict, Out out) {
    out.meter().enter();
    out.add("map[");
    boolean first = true;
    for (Map.Entry<String, GoValue> entry : dict.entries().entrySet()) {
      out.add(first ? "" : " ").add(entry.getKey(), true).add(":");
      write(entry.getValue(), out);
      first = false;
    }
    out.add("]");
    out.meter().leave();
  }

  private static void struct(GoValue.Struct struct, Out out) {
    out.meter().enter();
    out.add("{");
    boolean first = true;
    for (GoValue.Field field : struct.fields()) {
      out.add(first ? "" : " ");
      write(field.value(), out);
      first = false;
    }
    out.add("}");
    out.meter().leave();
  }

  /// Whether Go takes a character for one that can be seen (`unicode.IsPrint`).
  static boolean printable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }

  /// The shortest digits that read back as the same number; an exponent below 1e-4 and from 1e6.
  static String real(double number) {
    return real(number, -4, 6, 2);
  }

  /// @param from the smallest power of ten without exponent
  /// @param to the first power of ten with one
  /// @param exponentDigits of which there are at least so many
  static String real(double number, int from, int to, int exponentDigits) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      return Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    BigDecimal decimal = new BigDecimal(Double.toString(number)).stripTrailingZeros();
    int exponent = decimal.precision() - decimal.scale() - 1;
    if (exponent >= from && exponent < to) {
      return decimal.toPlainString();
    }
    String digits = decimal.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String power = String.format(Locale.ROOT, "%0" + exponentDigits + "d", Math.abs(exponent));
    return (number < 0 ? "-" : "") + mantissa + (exponent < 0 ? "e-" : "e+") + power;
  }

  private static final GoValue EMPTY_DICT =
      new GoValue.Dict(Map.of(), GoValue.NIL, GoValue.Form.JSON, false);
}
